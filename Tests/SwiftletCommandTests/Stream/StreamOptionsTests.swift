import SwiftletPixels
import Testing

@testable import SwiftletRunCommands

@Suite("Stream options")
struct StreamOptionsTests {
  @Test("Layouts are read as they are written")
  func layouts() throws {
    #expect(
      try StreamOptions.layout("640x480:yuv420")
        == RawFrameLayout(width: 640, height: 480, format: .yuv420))
    #expect(
      try StreamOptions.layout("1x2:rgb24") == RawFrameLayout(width: 1, height: 2, format: .rgb24))
    #expect(
      try StreamOptions.layout("800x600:yuv420:832")
        == RawFrameLayout(width: 800, height: 600, format: .yuv420, stride: 832))
  }

  @Test(
    "Anything else says what is expected",
    arguments: [
      "", "640x480", "640:480:rgb24", "640x480:rgb", "640x480x3:rgb24", "x480:rgb24",
      "640X480:rgb24",
      "640x480:rgb24:", "640x480:rgb24:1920:1", "-640x480:rgb24", "+640x480:rgb24", "6 0x480:rgb24",
      "640x480:RGB24", "9999999999x1:rgb24", "0x10x1:rgb24", ":", "::", "٣x٣:rgb24",
    ])
  func wrongForm(text: String) {
    do throws(UsageError) {
      let layout = try StreamOptions.layout(text)
      Issue.record("'\(text)' was read as \(layout)")
    } catch {
      #expect(error.message.contains("--raw takes WIDTHxHEIGHT:rgb24 or WIDTHxHEIGHT:yuv420"))
    }
  }

  @Test(
    "Sizes and strides out of range say the range",
    arguments: [
      ("0x480:rgb24", "sides from 1 to 16384"), ("16385x1:rgb24", "sides from 1 to 16384"),
      ("16384x16384:yuv420", "at most 67108864 pixels"),
      ("640x480:yuv420:639", "a stride of at least 640"),
      ("640x480:yuv420:641", "even for yuv420"), ("640x480:rgb24:640", "a stride of at least 1920"),
      ("640x480:rgb24:999999", "at most 262144"),
    ])
  func outOfRange(text: String, words: String) {
    do throws(UsageError) {
      let layout = try StreamOptions.layout(text)
      Issue.record("'\(text)' was read as \(layout)")
    } catch {
      #expect(error.message.contains(words), "\(error.message)")
    }
  }
}
