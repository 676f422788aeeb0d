"""Line-delimited JSON-RPC 2.0 over a child's pipes; knows no method name."""
