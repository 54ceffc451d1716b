extension RunCommand {
  /// What only the command reference says.
  static let reference = ReferenceText(
    [
      """
      Images are told by content. Grey becomes RGB, alpha is dropped, EXIF orientation is applied,
      colour profiles are not.
      """,
      """
      Of a stream all options of `run` hold but `--input-tensor`, and `--output-tensor` wants
      `--frames 1`. The same picture gives the same bytes as from a file.
      """,
      """
      Lines come as soon as a frame is done; frames are numbered from 1 and dropped ones count. A
      summary goes to standard error at the end: frames, frames a second (from the first result to the
      last, where there are two) and the median time of the last 4,096. After a second signal of the
      same kind the program ends at once.
      """,
      """
      Sides of frames are 1 to 16,384, at most 64 Mi pixels, an encoded image at most 32 MiB. The
      memory of a stream is that of one frame, with `--latest` of three, and of one frame's RGB image.
      Between JPEG images zeros, fill bytes (`ff`), more end marks and up to 1,024 other bytes may
      stand; what comes before the first image of a stream that was joined in the middle of one is left
      out. A damaged JPEG image is reported and the stream goes on with the next; a damaged PNG image
      whose chunks are whole too, but where the lengths of chunks are wrong the stream ends, since PNG
      has no mark to look for. The exit status is then 1, as it is when the stream is empty or ends
      inside a frame. Without `--latest` no frame is lost: the pipe makes the sender wait.
      """,
      """
      `rpicam-vid --codec yuv420` writes libcamera's sYCC, which is `jpeg`, and whole buffers: on a Pi
      4 and older rows of luma are padded to a multiple of 64 bytes, on a Pi 5 of 128. Widths of 640,
      1280 and 1920 need no padding; for another give the stride, for example
      `--raw 800x600:yuv420:832` on a Pi 4 and `:896` on a Pi 5. ffmpeg packs rows tightly, and its
      `-pix_fmt yuv420p` of RGB or JPEG pictures is `bt601`. Each 2×2 block of pixels takes its one
      chroma sample, without smoothing; the formula is in `YUVConversion.swift` of `SwiftletPixels`.
      `Tools/check-streams` compares all this with ffmpeg.
      """,
    ],
    outputs: [
      JSONOutput(
        "With `--json`, one object:",
        [
          JSONField("bundle", "the file"), JSONField("isa", "the kernels in use"),
          JSONField("threads", "how many computed"),
          JSONField(
            "results", "an object for each image",
            [
              JSONField("image", "the file"), top,
              JSONField("features", "the vector of a network that is no classifier"),
              JSONField("ms", "milliseconds of the network alone"),
              JSONField("error", "instead of `top` and `ms`, why the image cannot be read"),
            ]),
        ]),
      JSONOutput(
        "With `--json` and a stream, an object in a line for each frame:",
        [
          JSONField("frame", "its number, from 1"), top,
          JSONField("features", "the vector of a network that is no classifier"),
          JSONField("preprocess_ms", "milliseconds from the frame's bytes to the network's input"),
          JSONField("ms", "milliseconds of the network alone"),
          JSONField("dropped", "how many frames were dropped since the line before"),
          JSONField(
            "error", "instead of `top` and the times, why the frame cannot be read"),
        ]),
    ])

  private static let top = JSONField(
    "top", "the best classes, the best first",
    [
      JSONField("index", "the class, from 0"), JSONField("label", "its name"),
      JSONField("probability", "0…1, rounded to six decimals"),
      JSONField("score", "the dequantized score"),
    ])
}
