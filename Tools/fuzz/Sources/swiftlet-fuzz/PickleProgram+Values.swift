/// A storage that a program refers to, to be written beside it.
struct WrittenStorage {
  let key: String
  let elementSize: Int
  let count: Int
}

/// How a tensor is described.
struct TensorPlan {
  var storageClass = "FloatStorage"
  var key = "0"
  var storageCount = 1
  var offset = 0
  var shape: [Int] = []
  var strides: [Int] = []
  var isParameter = false
}

extension PickleProgram {
  /// A tensor as `torch.save` has it.
  mutating func tensor(_ plan: TensorPlan) {
    if plan.isParameter {
      name("torch._utils", "_rebuild_parameter")
      add("(")
    }
    name("torch._utils", "_rebuild_tensor_v2")
    add("(")
    add("(")
    text("storage")
    name("torch", plan.storageClass)
    text(plan.key)
    text("cpu")
    integer(plan.storageCount)
    add("t")
    add("Q")
    integer(plan.offset)
    tuple(plan.shape)
    tuple(plan.strides)
    add([0x89])
    orderedDictionary()
    add("t")
    call()
    guard plan.isParameter else { return }
    add([0x88])
    orderedDictionary()
    add("t")
    call()
  }

  mutating func orderedDictionary() {
    name("collections", "OrderedDict")
    add(")")
    call()
  }

  /// A value that is no tensor: what trainers keep beside the weights, and worse.
  mutating func other(_ kind: Int, _ value: Int) {
    switch kind % 16 {
    case 0: add("N")
    case 1: add([value % 2 == 0 ? 0x88 : 0x89])
    case 2: integer(value << (value % 48))
    case 3: add([0x47] + big((Double(value) / 7).bitPattern))
    case 4: text(String(repeating: "x", count: value))
    case 5: add([0x43, UInt8(value)] + [UInt8](repeating: 7, count: value))
    case 6: tuple((0..<(value % 6)).map { $0 * 100 })
    case 7:
      add("]")
      add("(")
      for element in 0..<(value % 8) { integer(element) }
      add("e")
    case 8:
      emptyDictionary()
      add("(")
      text("lr")
      add([0x47] + big(0.1.bitPattern))
      text("params")
      add("]")
      add("u")
    case 9:
      name("numpy.core.multiarray", "scalar")
      name("numpy", "dtype")
      text("f8")
      add([0x85])
      call()
      add([0x43, 8, 0, 0, 0, 0, 0, 0, 0, 0])
      add([0x86])
      call()
    case 10:
      name("torch", "device")
      text("cpu")
      add([0x85])
      call()
    case 11: add([0x8F])
    case 12:
      name("torch", "Size")
      tuple([1, 2, 3])
      add([0x85])
      call()
    case 13: add([0x8A, UInt8(value % 20)] + [UInt8](repeating: 0xFE, count: value % 20))
    case 14: instance("argparse", "Namespace")
    default: instance(value % 2 == 0 ? "os" : "pathlib", value % 2 == 0 ? "system" : "PosixPath")
    }
  }

  /// An object of a class that is not known, with an attribute.
  private mutating func instance(_ module: String, _ className: String) {
    name(module, className)
    add(")")
    add([0x81])
    emptyDictionary()
    text("lr")
    integer(3)
    add("s")
    add("b")
  }
}
