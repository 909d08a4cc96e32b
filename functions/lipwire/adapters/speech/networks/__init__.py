"""Voices of an operator's own: networks in ONNX, of the kinds that Piper and Kokoro publish."""
