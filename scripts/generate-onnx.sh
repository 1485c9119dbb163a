#!/usr/bin/env bash
# Regenerates electron/engine/onnx/proto/onnx_pb.{js,d.ts} from onnx.proto (ONNX, Apache-2.0).
# JavaScript plus declarations, not TypeScript: enums are not erasable syntax, and Node runs our sources unbuilt.
set -euo pipefail
proto="$(cd "$(dirname "$0")/../electron/engine/onnx/proto" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-save --allow-scripts=@bufbuild/buf @bufbuild/buf@1.75.0 @bufbuild/protoc-gen-es@2.17.0
cat >buf.gen.yaml <<YAML
version: v2
inputs: [{ directory: $proto }]
plugins: [{ local: node_modules/.bin/protoc-gen-es, out: $proto, opt: "target=js+dts" }]
YAML
node_modules/.bin/buf generate
