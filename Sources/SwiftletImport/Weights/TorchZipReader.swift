/// Reads what `torch.save` has written since PyTorch 1.6: a zip archive of a pickle and storages.
enum TorchZipReader {
  /// Reads the float tensors of the state dict in the archive.
  static func read(
    _ file: FileBytes, path: String, _ weights: WeightChoice?
  ) throws(ImportError) -> WeightContents {
    let archive: ZipArchive
    do {
      archive = try ZipArchive(file)
    } catch {
      throw .zip(path: path, error)
    }
    // Everything stands in one folder, named after the file that was saved.
    let pickleName = archive.names.first { name in
      name.utf8.reversed().starts(with: "/data.pkl".utf8.reversed())
        && name.utf8.lazy.filter { $0 == UInt8(ascii: "/") }.count == 1
    }
    guard let pickleName, let pickle = archive[pickleName] else {
      let isExported = archive.names.contains {
        $0.utf8.reversed().starts(with: "/archive_format".utf8.reversed())
      }
      if isExported { throw .checkpoint(path: path, .exportedProgram) }
      throw .checkpoint(path: path, .noPickle(files: Array(archive.names.prefix(4))))
    }
    let folder = pickleName.dropLast("data.pkl".count)
    // A TorchScript program, whose code is compressed and of no interest.
    let isProgram = archive["\(folder)constants.pkl"] != nil
    if let problem = archive.unreadable(outside: isProgram ? "\(folder)code/" : nil) {
      throw .zip(path: path, problem)
    }
    if let order = archive["\(folder)byteorder"], file.text(order) != "little" {
      throw .checkpoint(path: path, .bigEndian)
    }
    do {
      try archive.verify(pickleName, in: file)
    } catch {
      throw .zip(path: path, error)
    }
    var machine = PickleMachine(file, pickle)
    let root: PickleValue
    do {
      root = try machine.run()
    } catch {
      throw .pickle(path: path, error)
    }
    let checkpoint = TorchCheckpoint(machine.heap, file, path: path)
    if isProgram, machine.heap.tensors.isEmpty {
      throw .checkpoint(path: path, .frozenProgram)
    }
    var read: Set<FileName> = []
    let contents = try checkpoint.contents(root: root, weights) { storage in
      let name = "\(folder)data/\(storage.key)"
      read.insert(FileName(name))
      return archive[name]
    }
    // Of what was read, each once.
    for name in read {
      do {
        try archive.verify(name.text, in: file)
      } catch {
        throw .zip(path: path, error)
      }
    }
    return contents
  }
}
