import SwiftletRunCommands

extension ConvertCommand {
  /// What only the command reference says.
  static let reference = ReferenceText(
    [
      """
      Where images lie in one folder for each class, their sorted names become the class names if there
      are as many as classes, and `--labels` is not given. Folders without images, those of systems and
      tools (`@eaDir`, `__MACOSX`, names with a dot) and numbers are no names. Calibration takes images
      in deeper folders too. Up to 5 % of the images may be unreadable; they are named and left out.
      """,
      """
      Calibration methods, for each int8 tensor:
      """,
      """
      | Method | Range |
      | --- | --- |
      | `minmax` | from the least to the greatest value seen |
      | `percentile` | without the outermost 0.005 % of the values at either end |
      | `mse` | with the least expected squared error of rounding and clipping together |
      | `entropy` | with the least Kullback-Leibler divergence between clipped and quantized values |
      | `auto` | tries those and two more percentiles on up to 16 images and takes the one with the \
      least error at the outputs of the layers that read the tensor; for the logits, where ranges \
      without the lowest are tried too, the one whose softmax diverges least |
      """,
      """
      The input's range follows from the preprocessing. Tensors that only depthwise convolutions read
      get a scale and zero point per channel, from each channel's own extremes within the tensor's
      range: a depthwise convolution adds no channels up, so this costs nothing, and channels of very
      different ranges that share one scale are what breaks MobileNets in int8. Afterwards the mean
      error that quantization causes in each channel, measured on up to 16 images, is taken out of its
      bias.
      """,
      """
      A conversion ends with a warning where calibration saw too little: fewer than 8 different images,
      images that make the network's values vary less than half as much as training did (which batch
      normalisations keep), or images without contents; and where int8 and float choose a different class
      on more than a fifth of up to 64 calibration images, with the layer that adds the most noise.
      """,
    ],
    outputs: [
      JSONOutput([
        JSONField("output", "the bundle that was written"), JSONField("file_bytes", "its length"),
        JSONField("weight_bytes", "packed weights in it"),
        JSONField("architecture", "given or recognised"),
        JSONField("width", "the width multiplier"), JSONField("input_width", "in pixels"),
        JSONField("input_height", "in pixels"),
        JSONField("channels", "of the image"), JSONField("task", "what the outputs are"),
        JSONField("classes", "how many outputs"), JSONField("source", "MODEL"),
        JSONField("source_format", "what kind of file it is"),
        JSONField("source_sha256", "its digest; empty for random weights"),
        JSONField("tensors_matched", "how many tensors of the file the network uses"),
        JSONField("matched", "how they were found: by names or by order"),
        JSONField("ignored", "names of the file's tensors that are not used"),
        JSONField("parameters", "of the float network"),
        JSONField("macs", "multiply-accumulates of the float network"),
        JSONField("layers", "of the float network"),
        JSONField("operations", "of the bundle"),
        JSONField(
          "calibration", "how ranges were chosen",
          [
            JSONField("method", "`--method`"), JSONField("count", "how many images"),
            JSONField("source", "which images, for people"),
            JSONField("sha256", "the digest of their resized and cropped pixels in order"),
          ]),
        JSONField("labels", "how many class names"),
        JSONField("notes", "what was guessed or is unusual, for people"),
        JSONField("warnings", "what makes the conversion doubtful, for people"),
      ])
    ])
}
