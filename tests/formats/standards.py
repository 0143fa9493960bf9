"""What the standards ask, restated: JSON Schema for Web Annotation, SHACL for its graph and for SKOS, terms.

Sources: Web Annotation Data Model and Vocabulary (W3C Recommendations, 2017), SKOS Reference (W3C Recommendation,
2009), RFC 8118 (fragments of PDF). Contexts are remote; what our files use of them is restated here, so that an
independent JSON-LD reader (rdflib) makes the graph that an independent validator (pyshacl) looks at.
"""

from typing import Any

OA, AS, DC = "http://www.w3.org/ns/oa#", "http://www.w3.org/ns/activitystreams#", "http://purl.org/dc/terms/"
FOAF, RDF = "http://xmlns.com/foaf/0.1/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LINK = {"@type": "@id"}
ANNO: dict[str, Any] = {
    "id": "@id", "type": "@type", "@version": 1.1,
    **{name: f"{OA}{name}" for name in (
        "Annotation", "SpecificResource", "TextualBody", "TextQuoteSelector", "TextPositionSelector",
        "FragmentSelector", "classifying", "assessing", "commenting", "tagging", "exact", "prefix", "suffix",
    )},
    "AnnotationCollection": f"{AS}OrderedCollection", "AnnotationPage": f"{AS}OrderedCollectionPage",
    "Person": f"{FOAF}Person", "Software": f"{AS}Application", "name": f"{FOAF}name", "nickname": f"{FOAF}nick",
    "body": {"@id": f"{OA}hasBody", **_LINK}, "target": {"@id": f"{OA}hasTarget", **_LINK},
    "source": {"@id": f"{OA}hasSource", **_LINK}, "selector": {"@id": f"{OA}hasSelector", **_LINK},
    "motivation": {"@id": f"{OA}motivatedBy", "@type": "@vocab"},
    "purpose": {"@id": f"{OA}hasPurpose", "@type": "@vocab"},
    "creator": {"@id": f"{DC}creator", **_LINK}, "generator": {"@id": f"{AS}generator", **_LINK},
    "created": {"@id": f"{DC}created", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
    "conformsTo": {"@id": f"{DC}conformsTo", **_LINK}, "value": f"{RDF}value",
    "start": {"@id": f"{OA}start", "@type": "http://www.w3.org/2001/XMLSchema#nonNegativeInteger"},
    "end": {"@id": f"{OA}end", "@type": "http://www.w3.org/2001/XMLSchema#nonNegativeInteger"},
    "format": "http://purl.org/dc/elements/1.1/format", "language": "http://purl.org/dc/elements/1.1/language",
    "label": "http://www.w3.org/2000/01/rdf-schema#label",
    "items": {"@id": f"{AS}items", "@container": "@list", **_LINK}, "partOf": {"@id": f"{AS}partOf", **_LINK},
    "first": {"@id": f"{AS}first", **_LINK}, "last": {"@id": f"{AS}last", **_LINK},
    "next": {"@id": f"{AS}next", **_LINK}, "prev": {"@id": f"{AS}prev", **_LINK},
    "total": f"{AS}totalItems", "startIndex": f"{AS}startIndex",
}  # fmt: skip


def _one(*names: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(names), "properties": properties}


_IRI = {"type": "string", "pattern": r"^[a-zA-Z][a-zA-Z0-9+.-]*:\S+$"}
_WORDS = {"type": "string", "minLength": 1}
_PLACE = {"type": "integer", "minimum": 0}
_SELECTORS = [
    _one("type", "exact", type={"const": "TextQuoteSelector"}, exact=_WORDS, prefix={"type": "string"},
         suffix={"type": "string"}),
    _one("type", "start", "end", type={"const": "TextPositionSelector"}, start=_PLACE, end=_PLACE),
    _one("type", "value", type={"const": "FragmentSelector"}, conformsTo=_IRI,
         value={"type": "string", "pattern": r"^page=[1-9]\d*(&highlight=\d+(\.\d+)?(,\d+(\.\d+)?){3})?$"}),
]  # fmt: skip
_PURPOSE = {"enum": ["classifying", "assessing", "commenting", "tagging"]}
_BODIES = [
    _one("type", "source", type={"const": "SpecificResource"}, source=_IRI, purpose=_PURPOSE),
    _one("type", "value", type={"const": "TextualBody"}, value=_WORDS, purpose=_PURPOSE),
]
_AGENT = _one("id", "type", id=_IRI, type={"enum": ["Person", "Organization", "Software"]})
_SOURCE = _one("id", id=_IRI, format={"type": "string"}, language={"type": "string"})
ANNOTATION: dict[str, Any] = {
    **_one(
        "id", "type", "body", "target",
        id=_IRI,
        type={"const": "Annotation"},
        motivation=_PURPOSE,
        creator=_AGENT,
        generator=_AGENT,
        created={"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"},
        body={"type": "array", "minItems": 1, "items": {"oneOf": _BODIES}},
        target=_one("type", "source", "selector", type={"const": "SpecificResource"}, source=_SOURCE,
                    selector={"type": "array", "minItems": 2, "items": {"oneOf": _SELECTORS}}),
        probability={"type": "number", "minimum": 0, "maximum": 1},
    ),
    "not": {"required": ["bodyValue"]},
}  # fmt: skip
_CONTEXT = {"type": "array", "contains": {"const": "http://www.w3.org/ns/anno.jsonld"}}
PAGE = _one(
    "id", "type", "items", type={"const": "AnnotationPage"}, startIndex=_PLACE,
    items={"type": "array", "items": ANNOTATION},
)  # fmt: skip
COLLECTION = _one(
    "@context", "id", "type", "total", "first",
    **{"@context": _CONTEXT}, id=_IRI, type={"const": "AnnotationCollection"}, total=_PLACE,
    first={"oneOf": [PAGE, {"type": "string", "minLength": 1}]}, last={"type": "string"},
)  # fmt: skip

ANNOTATION_SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix oa: <http://www.w3.org/ns/oa#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix as: <http://www.w3.org/ns/activitystreams#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
[] a sh:NodeShape ; sh:targetClass oa:Annotation ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path oa:hasTarget ; sh:minCount 1 ; sh:class oa:SpecificResource ] ,
    [ sh:path oa:hasBody ; sh:minCount 1 ] , [ sh:path oa:bodyValue ; sh:maxCount 0 ] ,
    [ sh:path oa:motivatedBy ; sh:minCount 1 ; sh:in ( oa:classifying oa:assessing ) ] ,
    [ sh:path dcterms:creator ; sh:nodeKind sh:IRI ] , [ sh:path as:generator ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcterms:created ; sh:maxCount 1 ; sh:datatype xsd:dateTime ] .
[] a sh:NodeShape ; sh:targetClass oa:SpecificResource ;
  sh:property [ sh:path oa:hasSource ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] .
[] a sh:NodeShape ; sh:targetClass oa:TextualBody ;
  sh:property [ sh:path rdf:value ; sh:minCount 1 ; sh:maxCount 1 ] .
[] a sh:NodeShape ; sh:targetClass oa:TextQuoteSelector ;
  sh:property [ sh:path oa:exact ; sh:minCount 1 ; sh:maxCount 1 ; sh:minLength 1 ] ,
    [ sh:path oa:prefix ; sh:maxCount 1 ] , [ sh:path oa:suffix ; sh:maxCount 1 ] .
[] a sh:NodeShape ; sh:targetClass oa:TextPositionSelector ;
  sh:property [ sh:path oa:start ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:nonNegativeInteger ;
                sh:lessThan oa:end ] ,
    [ sh:path oa:end ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:nonNegativeInteger ] .
[] a sh:NodeShape ; sh:targetClass oa:FragmentSelector ;
  sh:property [ sh:path rdf:value ; sh:minCount 1 ; sh:maxCount 1 ; sh:pattern "^page=[1-9]" ] ,
    [ sh:path dcterms:conformsTo ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] .
"""

SKOS_SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
# S9: no concept is a scheme
[] a sh:NodeShape ; sh:targetClass skos:ConceptScheme ; sh:not [ sh:class skos:Concept ] ;
  sh:property [ sh:path skos:hasTopConcept ; sh:minCount 1 ; sh:class skos:Concept ] .
[] a sh:NodeShape ; sh:targetClass skos:Concept ; sh:nodeKind sh:IRI ;
  # S14: one preferred label a language; ours: all four languages
  sh:property [ sh:path skos:prefLabel ; sh:uniqueLang true ; sh:minCount 4 ; sh:languageIn ( "en" "es" "pt" "fr" ) ;
                # S13: labels of the three sorts differ
                sh:disjoint skos:altLabel , skos:hiddenLabel ] ;
  sh:property [ sh:path skos:altLabel ; sh:disjoint skos:hiddenLabel ] ;
  # S27: nothing is both related and above, in however many steps
  sh:property [ sh:path [ sh:oneOrMorePath skos:broader ] ; sh:disjoint skos:related ] ;
  # S46: what matches exactly matches in no other way
  sh:property [ sh:path skos:exactMatch ; sh:disjoint skos:broadMatch , skos:narrowMatch , skos:relatedMatch ] ;
  # S25, S8: broader and narrower, top concepts and schemes name one another; S23: related does so both ways
  sh:property [ sh:path skos:broader ; sh:class skos:Concept ] ;
  sh:property [ sh:path [ sh:inversePath skos:narrower ] ; sh:equals skos:broader ] ;
  sh:property [ sh:path [ sh:inversePath skos:related ] ; sh:equals skos:related ; sh:class skos:Concept ] ;
  sh:property [ sh:path [ sh:inversePath skos:hasTopConcept ] ; sh:equals skos:topConceptOf ] ;
  sh:property [ sh:path skos:inScheme ; sh:minCount 1 ; sh:class skos:ConceptScheme ] ;
  sh:property [ sh:path skos:notation ; sh:minCount 1 ; sh:maxCount 1 ] .
"""
