// Elements that stand for passages, one each, and are filled anew where something of their passage changed.
export class Boxes {
  constructor() {
    this.boxes = new Map(); // by passage
  }

  // Who extends it says with `fill(box, passage)` what is in a box.
  keep(passage, box) {
    this.boxes.set(passage.passage_id, box);
    this.fill(box, passage);
    return box;
  }

  refresh(passage) {
    const box = this.boxes.get(passage.passage_id);
    if (box) this.fill(box, passage);
  }
}
