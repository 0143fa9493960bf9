// Names of implementers in the page's language, from the codebook.
import { get } from "./api.js";

let known = null;

// [{id, name}] by name.
export async function implementers(language) {
  known ??= get("/codebook/bodies.json", { language }).then(({ bodies }) => bodies);
  return known;
}
