import { Concat as layer } from "../network/Concat.ts";
import { lift } from "./lifted.ts";

export const Concat = lift(layer, {
  shelf: "Combining",
  lesson:
    "Stacks images along their channels, or vectors end to end, outside of any network. Pix2Pix's discriminator judges a picture together with what it was made from, and noise, class and codes are joined to one vector before they enter a generator.",
});
