"""Finding a face in frames and measuring it: landmarks, head motion, mouth shape."""
