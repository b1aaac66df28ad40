// Convolutions whose channels fall into groups: filters [kernelHeight][kernelWidth][channels / groups][filters], group number n
// taking the n-th part of the channels to the n-th part of the filters. One filter a channel, or a few, go channel by
// channel (depthwise.ts); otherwise every group is laid apart and takes the way that its own shape prefers.

import { convolve, convolveScratch } from "./convolve";
import { addDepthwiseFilterGradient, depthwise, depthwiseInputGradient, foldChannels, repeatChannels } from "./depthwise";
import { filterGradient, filterGradientScratch } from "./filter-gradient";
import { inputGradient, inputGradientScratch } from "./input-gradient";
import { clear, copy, floats } from "./vectors";
import { Convolution } from "./windows";

/** Room for one group's Convolution and, behind it, for that of `…Scratch`. */
const GEOMETRY_BYTES: usize = 64;
/** Filters a channel up to which images are repeated to have one each. */
const MAX_REPEATS: i32 = 4;

function isDepthwise(g: Convolution, groups: i32): bool {
  return groups == g.channels && g.filters <= MAX_REPEATS * g.channels;
}

export function groupedConvolveScratch(g: Convolution, groups: i32, temporary: usize): usize {
  if (groups == 1) return convolveScratch(g, temporary);
  if (isDepthwise(g, groups)) return repeatsScratch(g);
  const part = partOf(g, groups, temporary);
  return partsScratch(part) + convolveScratch(part, temporary + GEOMETRY_BYTES);
}

export function groupedConvolve(x: usize, filter: usize, y: usize, g: Convolution, groups: i32, scratch: usize): void {
  if (groups == 1) return convolve(x, filter, y, g, scratch);
  if (isDepthwise(g, groups)) {
    const single = repeated(g, scratch), image = scratch + GEOMETRY_BYTES;
    for (let b = 0; b < g.batch; b++) {
      const source = repeatImage(image, x + floats(imageSize(g)) * b, g);
      depthwise(source, filter, y + floats(g.outHeight * g.outWidth * g.filters) * b, single);
    }
    return;
  }
  const part = partOf(g, groups, scratch);
  const xs = scratch + GEOMETRY_BYTES, ys = xs + inputBytes(part), filters = ys + outputBytes(part);
  const rest = filters + filterBytes(part);
  for (let n = 0; n < groups; n++) {
    takeColumns(xs, x, n, part.channels, g.channels, pixels(part));
    takeColumns(filters, filter, n, part.filters, g.filters, taps(part));
    convolve(xs, filters, ys, part, rest);
    putColumns(y, ys, n, part.filters, g.filters, outputs(part));
  }
}

export function groupedInputGradientScratch(g: Convolution, groups: i32, temporary: usize): usize {
  if (groups == 1) return inputGradientScratch(g);
  if (isDepthwise(g, groups)) return repeatsScratch(g);
  const part = partOf(g, groups, temporary);
  return partsScratch(part) + inputGradientScratch(part);
}

export function groupedInputGradient(dy: usize, filter: usize, dx: usize, g: Convolution, groups: i32, scratch: usize): void {
  if (groups == 1) return inputGradient(dy, filter, dx, g, scratch);
  if (isDepthwise(g, groups)) {
    const single = repeated(g, scratch), times = g.filters / g.channels, image = scratch + GEOMETRY_BYTES;
    for (let b = 0; b < g.batch; b++) {
      const target = dx + floats(imageSize(g)) * b;
      const from = dy + floats(g.outHeight * g.outWidth * g.filters) * b;
      depthwiseInputGradient(from, filter, times == 1 ? target : image, single);
      if (times > 1) foldChannels(target, image, g.height * g.width, g.channels, times);
    }
    return;
  }
  const part = partOf(g, groups, scratch);
  const xs = scratch + GEOMETRY_BYTES, ys = xs + inputBytes(part), filters = ys + outputBytes(part);
  const rest = filters + filterBytes(part);
  for (let n = 0; n < groups; n++) {
    takeColumns(ys, dy, n, part.filters, g.filters, outputs(part));
    takeColumns(filters, filter, n, part.filters, g.filters, taps(part));
    inputGradient(ys, filters, xs, part, rest);
    putColumns(dx, xs, n, part.channels, g.channels, pixels(part));
  }
}

export function groupedFilterGradientScratch(g: Convolution, groups: i32, temporary: usize): usize {
  if (groups == 1) return filterGradientScratch(g, temporary);
  if (isDepthwise(g, groups)) return repeatsScratch(g);
  const part = partOf(g, groups, temporary);
  return partsScratch(part) + filterGradientScratch(part, temporary + GEOMETRY_BYTES);
}

export function groupedFilterGradient(
  x: usize, dy: usize, gradient: usize, g: Convolution, groups: i32, scratch: usize,
): void {
  if (groups == 1) return filterGradient(x, dy, gradient, g, scratch);
  if (isDepthwise(g, groups)) {
    const single = repeated(g, scratch), image = scratch + GEOMETRY_BYTES;
    clear(gradient, g.kernelHeight * g.kernelWidth * g.filters);
    for (let b = 0; b < g.batch; b++) {
      const source = repeatImage(image, x + floats(imageSize(g)) * b, g);
      addDepthwiseFilterGradient(source, dy + floats(g.outHeight * g.outWidth * g.filters) * b, gradient, single);
    }
    return;
  }
  const part = partOf(g, groups, scratch);
  const xs = scratch + GEOMETRY_BYTES, ys = xs + inputBytes(part), filters = ys + outputBytes(part);
  const rest = filters + filterBytes(part);
  for (let n = 0; n < groups; n++) {
    takeColumns(xs, x, n, part.channels, g.channels, pixels(part));
    takeColumns(ys, dy, n, part.filters, g.filters, outputs(part));
    filterGradient(xs, ys, filters, part, rest);
    putColumns(gradient, filters, n, part.filters, g.filters, taps(part));
  }
}

/** One group's geometry, written to `at`. */
function partOf(g: Convolution, groups: i32, at: usize): Convolution {
  copy(at, changetype<usize>(g), 15);
  const part = changetype<Convolution>(at);
  part.channels = g.channels / groups;
  part.filters = g.filters / groups;
  return part;
}

/** The geometry of one image whose channels are repeated for every filter, written to `at`. */
function repeated(g: Convolution, at: usize): Convolution {
  copy(at, changetype<usize>(g), 15);
  const single = changetype<Convolution>(at);
  single.batch = 1;
  single.channels = g.filters;
  return single;
}

/** An image with every channel as often as it has filters, in `room` where that is more than once. */
function repeatImage(room: usize, image: usize, g: Convolution): usize {
  if (g.filters == g.channels) return image;
  repeatChannels(room, image, g.height * g.width, g.channels, g.filters / g.channels);
  return room;
}

function repeatsScratch(g: Convolution): usize {
  return GEOMETRY_BYTES + (g.filters == g.channels ? 0 : floats(g.height * g.width) * g.filters);
}

function partsScratch(part: Convolution): usize {
  return GEOMETRY_BYTES + inputBytes(part) + outputBytes(part) + filterBytes(part);
}

function imageSize(g: Convolution): i32 {
  return g.height * g.width * g.channels;
}

function pixels(g: Convolution): i32 {
  return g.batch * g.height * g.width;
}

function outputs(g: Convolution): i32 {
  return g.batch * g.outHeight * g.outWidth;
}

/** Rows of a filter matrix. */
function taps(g: Convolution): i32 {
  return g.kernelHeight * g.kernelWidth * g.channels;
}

function inputBytes(g: Convolution): usize {
  return floats(pixels(g)) * g.channels;
}

function outputBytes(g: Convolution): usize {
  return floats(outputs(g)) * g.filters;
}

function filterBytes(g: Convolution): usize {
  return floats(taps(g)) * g.filters;
}

/** The n-th `width` columns of a matrix of `count` rows of `all`. */
function takeColumns(to: usize, from: usize, n: i32, width: i32, all: i32, count: i32): void {
  from += floats(n * width);
  for (; count > 0; count--, to += floats(width), from += floats(all)) copy(to, from, width);
}

function putColumns(to: usize, from: usize, n: i32, width: i32, all: i32, count: i32): void {
  to += floats(n * width);
  for (; count > 0; count--, to += floats(all), from += floats(width)) copy(to, from, width);
}
