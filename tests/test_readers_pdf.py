"""What the PDF reader does faster than the library it could ask, and must do alike."""

from hypothesis import example, given
from hypothesis import strategies as st
from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges, snap_edges

from nlp.readers.pdf.grids import SHORTEST, SNAP, Edge, find_tables
from nlp.readers.pdf.lines import read_lines

SIDES, DIGITS = ("x0", "top", "x1", "bottom"), 6
STEP = 2.5  # points: less than rules of one line may differ by


RULE = st.tuples(st.integers(0, 16), st.integers(0, 8), st.integers(0, 16), st.booleans())


@st.composite
def rules(draw: st.DrawFn) -> Edge:
    place, start, length, across = draw(RULE)
    place, start, end = STEP * place, STEP * start, STEP * (start + length)
    return Edge(start, place, end, place, across) if across else Edge(place, start, place, end, across)


def theirs(edges: list[Edge], tolerance: float) -> list[set[tuple[float, ...]]]:
    laid = [
        {
            **dict(zip(SIDES, edge[:4], strict=True)),
            "width": edge.x1 - edge.x0,
            "height": edge.bottom - edge.top,
            "orientation": "h" if edge.across else "v",
        }
        for edge in edges
    ]
    # What it moves to one place differs in its last digit, and then stands in two.
    moved = [{**edge, **{side: round(edge[side], DIGITS) for side in SIDES}} for edge in snap_edges(laid, SNAP, SNAP)]
    merged = merge_edges(moved, 0, 0, SNAP, SNAP)
    long = [edge for edge in merged if max(edge["x1"] - edge["x0"], edge["bottom"] - edge["top"]) >= SHORTEST]
    tables = cells_to_tables(intersections_to_cells(edges_to_intersections(long, tolerance, tolerance)))
    return [set(map(rounded, cells)) for cells in tables if len({cell[0] for cell in cells}) > 1]


def rounded(cell: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(side, DIGITS) for side in cell)


ONE_PLACE_TWICE = [Edge(0.0, 0.0, 0.0, end, False) for end in (0.0, 0.0, 0.0, 0.0, 5.0)] + [
    Edge(0.0, 0.0, 5.0, 0.0, True),
    Edge(2.5, 0.0, 2.5, 5.0, False),
    Edge(0.0, 5.0, 5.0, 5.0, True),
    Edge(7.5, 0.0, 7.5, 5.0, False),
]


@given(st.lists(rules(), min_size=6, max_size=30), st.sampled_from((SNAP, 1.0)))
@example(ONE_PLACE_TWICE, SNAP)
def test_cells_of_crossing_rules_are_those_of_pdfplumber(edges, tolerance):
    ours = [{rounded(cell) for row in table.rows for cell in row if cell} for table in find_tables(edges, tolerance)]
    assert ours == theirs(edges, tolerance)


@given(st.integers(2, 6), st.integers(1, 6))
def test_a_grid_has_all_its_cells(columns, rows):
    across = [Edge(0, 20 * row, 30 * columns, 20 * row, True) for row in range(rows + 1)]
    down = [Edge(30 * column, 0, 30 * column, 20 * rows, False) for column in range(columns + 1)]
    (table,) = find_tables([*across, *down])
    assert [len([cell for cell in row if cell]) for row in table.rows] == [columns] * rows
    assert table.cell_at(15, 10) == (0, 0)
    assert table.cell_at(30 * columns - 15, 20 * rows - 10) == (rows - 1, columns - 1)


def test_a_page_without_pieces_of_text_has_no_lines():
    assert read_lines([]) == []
