/** The DCGAN of the template on MNIST, at a batch of 16, built by mouse and typing: each way to add a node is used. */
import type { Page } from "playwright-core";
import {
  addBySearch,
  boxOf,
  choose,
  clickInPalette,
  clickOnNothing,
  drag,
  dragFromPalette,
  dropWire,
  flip,
  inspectorOf,
  middleOf,
  nodeOf,
  portOf,
  showTab,
  spotOn,
  typeInto,
  wire,
} from "./hands.ts";

export async function buildByHand(page: Page): Promise<void> {
  await generator(page);
  await discriminator(page);
  await training(page);
}

async function generator(page: Page): Promise<void> {
  await showTab(page, "generator");
  await choose(page, "init", "dcgan");
  await addBySearch(page, "Input", await spotOn(page, 0.4, 0.06));
  await dropWire(page, "Input input1", "out", await below(page, "Input input1"), "Linear");
  await typeInto(page, "out_features", 6272);
  await flip(page, "bias");
  await dragFromPalette(page, "Reshape", await below(page, "Linear linear1"));
  await typeInto(page, "shape", "128, 7, 7");
  await wire(page, "Linear linear1", "out", "Reshape reshape1", "in");
  await dropWire(page, "Reshape reshape1", "out", await below(page, "Reshape reshape1"), "BatchNorm2d");
  await dropWire(page, "BatchNorm2d batchnorm1", "out", await below(page, "BatchNorm2d batchnorm1"), "ReLU");
  await dropWire(page, "ReLU relu1", "out", await below(page, "ReLU relu1"), "ConvTranspose2d");
  await upsampling(page, 64, false);
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByRole("button", { name: "Zoom out" }).click();
  await dropWire(page, "ConvTranspose2d convtranspose1", "out", await below(page, "ConvTranspose2d convtranspose1"), "BatchNorm2d"); // prettier-ignore
  await dropWire(page, "BatchNorm2d batchnorm2", "out", await below(page, "BatchNorm2d batchnorm2"), "ReLU");
  await dropWire(page, "ReLU relu2", "out", await below(page, "ReLU relu2"), "ConvTranspose2d");
  await upsampling(page, 1, true);
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByRole("button", { name: "Zoom out" }).click();
  const last = "ConvTranspose2d convtranspose2";
  await dropWire(page, last, "out", await below(page, last), "Output");
  // what is dropped on a wire goes in between
  await dragFromPalette(page, "Tanh", await between(page, last, "Output output1"));
}

async function upsampling(page: Page, channels: number, bias: boolean): Promise<void> {
  await typeInto(page, "out_channels", channels);
  await typeInto(page, "kernel_size", 4);
  await typeInto(page, "stride", 2);
  await typeInto(page, "padding", 1);
  if (!bias) await flip(page, "bias");
}

async function discriminator(page: Page): Promise<void> {
  await showTab(page, "discriminator");
  await choose(page, "init", "dcgan");
  await dragFromPalette(page, "Input", await spotOn(page, 0.3, 0.06));
  await clickInPalette(page, "Conv2d");
  await strided(page, 64);
  await clickInPalette(page, "LeakyReLU");
  await typeInto(page, "negative_slope", 0.2);
  await dropWire(page, "LeakyReLU leakyrelu1", "out", await below(page, "LeakyReLU leakyrelu1"), "Conv2d");
  await strided(page, 128);
  await flip(page, "bias");
  await clickInPalette(page, "BatchNorm2d");
  await dropWire(page, "BatchNorm2d batchnorm1", "out", await below(page, "BatchNorm2d batchnorm1"), "Flatten");
  await dropWire(page, "Flatten flatten1", "out", await below(page, "Flatten flatten1"), "Linear");
  await typeInto(page, "out_features", 1);
  await dropWire(page, "Linear linear1", "out", await below(page, "Linear linear1"), "Output");
  // what is dragged onto a wire goes in between
  await addBySearch(page, "LeakyReLU", await spotOn(page, 0.8, 0.3));
  await typeInto(page, "negative_slope", 0.2);
  await drag(page, await middleOf(nodeOf(page, "LeakyReLU leakyrelu2")), await between(page, "BatchNorm2d batchnorm1", "Flatten flatten1")); // prettier-ignore
}

async function strided(page: Page, channels: number): Promise<void> {
  await typeInto(page, "out_channels", channels);
  await typeInto(page, "kernel_size", 4);
  await typeInto(page, "stride", 2);
  await typeInto(page, "padding", 1);
}

async function training(page: Page): Promise<void> {
  await showTab(page, "Training");
  for (let times = 0; times < 2; times++) await page.getByRole("button", { name: "Zoom out" }).click();
  await dragFromPalette(page, "Dataset", await spotOn(page, 0.1, 0.2));
  await choose(page, "name", "mnist");
  await dragFromPalette(page, "Noise", await spotOn(page, 0.1, 0.6));
  await typeInto(page, "features", 100);
  await dropWire(page, "Noise noise1", "out", await spotOn(page, 0.27, 0.6), "generator");
  await flip(page, "sample");
  await dragFromPalette(page, "discriminator", await spotOn(page, 0.47, 0.2));
  await dragFromPalette(page, "discriminator", await spotOn(page, 0.47, 0.6));
  await wire(page, "Dataset dataset1", "out", "Network discriminator1", "input1");
  await wire(page, "Network generator1", "output1", "Network discriminator2", "input1");
  await addBySearch(page, "GANLoss", await spotOn(page, 0.67, 0.2));
  await wire(page, "Network discriminator1", "output1", "GANLoss ganloss1", "real");
  await wire(page, "Network discriminator2", "output1", "GANLoss ganloss1", "fake");
  await addBySearch(page, "GANLoss", await spotOn(page, 0.67, 0.6));
  await choose(page, "role", "generator");
  await wire(page, "Network discriminator2", "output1", "GANLoss ganloss2", "fake");
  await dropWire(page, "GANLoss ganloss1", "out", await spotOn(page, 0.87, 0.2), "Optimizer");
  await adam(page, "discriminator");
  await dropWire(page, "GANLoss ganloss2", "out", await spotOn(page, 0.87, 0.6), "Optimizer");
  await adam(page, "generator");
  await clickOnNothing(page); // then the inspector shows the training graph
  await typeInto(page, "batch", 16);
}

async function adam(page: Page, network: string): Promise<void> {
  await inspectorOf(page).getByRole("group", { name: "trains" }).getByRole("button", { name: network }).click();
  await typeInto(page, "lr", 0.0002);
  await typeInto(page, "betas, 1 of 2", 0.5);
  await typeInto(page, "betas, 2 of 2", 0.999);
}

/** Where the next row of a network goes. */
async function below(page: Page, node: string) {
  const { x, y, width, height } = await boxOf(nodeOf(page, node));
  return { x: x + width / 2, y: y + height * 2.25 };
}

async function between(page: Page, above: string, under: string) {
  const [a, b] = [await middleOf(portOf(page, above, "out")), await middleOf(portOf(page, under, "in"))];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
