import SwiftletRunCommands

extension CompareCommand {
  /// What only the command reference says.
  static let reference = ReferenceText(
    [
      """
      Class folders are matched with the class names that the bundle or `--labels` has, without regard to
      case, hyphens and underscores, so that some of the classes are enough; a synonym of ImageNet's lists
      will do. Where no name fits, folders that are numbers give the index; else the sorted names are taken
      in the order of the classes, if there are as many folders as classes. Otherwise a warning says so and
      no accuracy is measured. Images in deeper folders belong to the class folder; those beside the class
      folders, and in formats that are not read, are left out and counted in a warning. Folders without
      images and those of systems and tools (`@eaDir`, `__MACOSX`, names with a dot) are no classes.
      """,
      """
      Fractions are 0…1; accuracies are `null` without classes, and an SQNR is `null` where noise is
      zero. *SQNR* is the signal-to-quantization-noise ratio of a layer's result with all noise from
      before it, *drop* what the layer loses against the noisiest of its inputs, *added noise* the
      noise over signal that it adds; layers are ranked by the last. If images cannot be read the
      others are compared and the exit status is 1.
      """,
    ],
    outputs: [
      JSONOutput([
        JSONField("model", "MODEL"), JSONField("bundle", "BUNDLE"),
        JSONField("images", "how many went through both networks"),
        JSONField("labelled", "how many of them have a class"),
        JSONField("float", "the accuracy of the float network", accuracy),
        JSONField("int8", "the accuracy of the bundle", accuracy),
        JSONField("agreement", "on how many images the best class is the same, 0…1"),
        JSONField("mean_kl", "the mean Kullback-Leibler divergence of int8 from float, in nats"),
        JSONField(
          "mean_cosine", "the mean cosine between the networks' vectors; `null` for classifiers"),
        JSONField("worst_layer", "the layer that adds the most noise, or `null`"),
        JSONField(
          "layers", "an object for each operation, in the order of execution",
          [
            JSONField("name", "the source layer"), JSONField("kind", "what it computes"),
            JSONField("sqnr_db", "SQNR of its result in dB, or `null`"),
            JSONField("drop_db", "drop in dB, or `null`"),
            JSONField("added_noise", "noise over signal that it adds"),
          ]),
        JSONField(
          "disagreements", "an object for each image whose best class differs",
          [
            JSONField("image", "the file"), JSONField("class", "the list's, or `null`"),
            JSONField("float", "the five best of the float network", best),
            JSONField("int8", "the five best of the bundle", best),
          ]),
        JSONField("failures", "what could not be read, and why"),
        JSONField("warnings", "what makes the comparison doubtful"),
      ])
    ])

  private static let accuracy = [
    JSONField("top1", "how often the best class is right, or `null`"),
    JSONField("top5", "how often the right one is among the five best, or `null`"),
  ]

  private static let best = [
    JSONField("index", "the class, from 0"), JSONField("label", "its name"),
    JSONField("probability", "0…1, rounded to six decimals"),
  ]
}
