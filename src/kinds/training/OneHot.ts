import { OneHot as layer } from "../network/OneHot.ts";
import { lift } from "./lifted.ts";

export const OneHot = lift(layer, {
  shelf: "Combining",
  lesson:
    "Gives each class a feature of its own, outside of any network: joined to the noise by Concat, a random label becomes the condition of a generator, or InfoGAN's categorical code. No gradient reaches the label.",
});
