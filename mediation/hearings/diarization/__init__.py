"""Who spoke in a recording of one channel (speaker diarization 说话人分离), proposed from the lines somebody named."""
