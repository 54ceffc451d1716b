import SwiftletGraph

/// What an ONNX file states, read but not yet understood. Source: `onnx.proto` of ONNX IR version 10.
struct ONNXModel {
  /// The versions of operator sets, by domain; ONNX's own domain is the empty text.
  var operatorSets: [FileName: Int] = [:]
  /// What wrote the file, for example `pytorch`.
  var producer = ""
  var graph = ONNXGraph()
  /// Functions that nodes may call, by domain and name.
  var functions: [ONNXFunctionName: ONNXFunction] = [:]
}

/// Under what a node calls a function.
struct ONNXFunctionName: Hashable {
  let domain: FileName
  let name: FileName
}

/// Nodes with names for their values.
struct ONNXGraph {
  var name = ""
  var nodes: [ONNXNode] = []
  var initializers: [ONNXTensor] = []
  var inputs: [ONNXValueInfo] = []
  var outputs: [ONNXValueInfo] = []
}

/// An operator that is written out in others.
struct ONNXFunction {
  var inputs: [FileName] = []
  var outputs: [FileName] = []
  var nodes: [ONNXNode] = []
  var operatorSets: [FileName: Int] = [:]
  /// What attributes hold that a call does not state.
  var defaults: [FileName: ONNXAttribute] = [:]
}

/// One call of an operator.
struct ONNXNode {
  var name = ""
  var domain = FileName("")
  var operation = FileName("")
  /// Empty names are inputs that are left out.
  var inputs: [FileName] = []
  var outputs: [FileName] = []
  var attributes: [FileName: ONNXAttribute] = [:]
}

/// What an attribute holds.
enum ONNXAttribute {
  case integer(Int64)
  case float(Float)
  case text(String)
  case integers([Int64])
  case floats([Float])
  case texts([String])
  case tensor(ONNXTensor)
  case graph(ONNXGraph)
  /// The attribute of this name of the function's caller.
  case reference(FileName)
  /// Types that no operator read here has: sparse tensors, lists of graphs.
  case other
}

/// A constant, whose elements still lie in the file.
struct ONNXTensor {
  /// Where its elements are.
  enum Storage {
    /// Little-endian in the model's file.
    case raw(Range<Int>)
    /// In fields of their own type.
    case floats([Float])
    case integers([Int64])
    /// In another file in the model's folder.
    case external(location: String, offset: Int, length: Int?)
  }

  var name = FileName("")
  var shape: [Int] = []
  var type = ONNXType.float32
  var storage = Storage.floats([])
}

/// An input or output of the graph.
struct ONNXValueInfo {
  var name = FileName("")
  /// Nil for sequences, maps and what is not said.
  var type: ONNXType?
  /// Extents, nil where they are open; nil as a whole where the shape is not said.
  var shape: [Int?]?
}

/// Element types, with their numbers in `TensorProto.DataType`.
enum ONNXType: Int {
  case float32 = 1
  case uint8 = 2
  case int8 = 3
  case uint16 = 4
  case int16 = 5
  case int32 = 6
  case int64 = 7
  case string = 8
  case bool = 9
  case float16 = 10
  case float64 = 11
  case uint32 = 12
  case uint64 = 13
  case bfloat16 = 16

  /// The same as a type of weight files; nil for text.
  var element: ElementType? {
    switch self {
    case .float32: .float32
    case .uint8: .uint8
    case .int8: .int8
    case .uint16: .uint16
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .string: nil
    case .bool: .bool
    case .float16: .float16
    case .float64: .float64
    case .uint32: .uint32
    case .uint64: .uint64
    case .bfloat16: .bfloat16
    }
  }

  /// Whether elements are numbers with a fraction.
  var isFloat: Bool { element?.isFloat ?? false }
}
