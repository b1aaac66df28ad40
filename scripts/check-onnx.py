"""Checks ONNX files with the ONNX project's own checker and strict shape inference.

    /usr/bin/python3 scripts/check-onnx.py FILE...

Prints one line a file and exits 1 when one is refused. It needs the Python package onnx (Debian: python3-onnx), which
neither building nor testing does. Debian's onnx 1.12 knows operator sets up to 17; files of a later one are reported as
not checked, and ONNX Runtime, which the tests run, is their judge.

What it says of the models that the format tests write and compare byte for byte (onnx 1.12.0, Debian 12):

    /usr/bin/python3 scripts/check-onnx.py tests/targets/onnx-format/golden/*.onnx

    tiny-opset-13.onnx: accepted: opset 13, IR 7, 5 nodes
    tiny-opset-14.onnx: accepted: opset 14, IR 7, 5 nodes
    tiny-opset-15.onnx: accepted: opset 15, IR 8, 5 nodes
    tiny-opset-16.onnx: accepted: opset 16, IR 8, 5 nodes
    tiny-opset-17.onnx: accepted: opset 17, IR 8, 5 nodes
    tiny-opset-18.onnx: not checked: opset 18, but onnx 1.12.0 knows up to 17
    tiny-opset-19.onnx: not checked: opset 19, but onnx 1.12.0 knows up to 17
    tiny-opset-20.onnx: not checked: opset 20, but onnx 1.12.0 knows up to 17
    tiny-opset-21.onnx: not checked: opset 21, but onnx 1.12.0 knows up to 17
"""

import sys

import onnx
from onnx import checker, defs, shape_inference


def main(paths):
    if not paths:
        sys.exit("usage: check-onnx.py FILE...")
    newest = defs.onnx_opset_version()
    refused = False
    for path in paths:
        try:
            print(f"{path}: {verdict(path, newest)}")
        except Exception as error:  # the checker's errors have no common class
            refused = True
            print(f"{path}: refused: {error}")
    sys.exit(1 if refused else 0)


def verdict(path, newest):
    model = onnx.load(path)
    opset = next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), None)
    if opset is None:
        raise ValueError("imports no version of ONNX's own operators")
    if opset > newest:
        return f"not checked: opset {opset}, but onnx {onnx.__version__} knows up to {newest}"
    checker.check_model(model, full_check=True)
    inferred = shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    unknown = [value.name for value in inferred.graph.output if not value.type.tensor_type.HasField("shape")]
    if unknown:
        raise ValueError(f"no shape can be inferred for {', '.join(unknown)}")
    return f"accepted: opset {opset}, IR {model.ir_version}, {len(model.graph.node)} nodes"


main(sys.argv[1:])
