import SwiftletPixels
import Testing

@testable import SwiftletRunCommands

@Suite("Latest frame", .timeLimit(.minutes(15)))
struct LatestFrameTests {
  private func frame(_ number: Int) -> StreamFrame {
    StreamFrame(number: number, bytes: [UInt8(number)])
  }

  @Test("The newest frame is taken, and what it replaced is counted once")
  func newest() {
    let latest = LatestFrame()
    for number in 1...5 {
      var frame = frame(number)
      #expect(latest.publish(&frame))
    }
    var taken = StreamFrame()
    #expect(latest.take(into: &taken) == (.frame, 4))
    #expect(taken.number == 5 && taken.bytes == [5])
    var next = frame(6)
    #expect(latest.publish(&next))
    #expect(latest.take(into: &taken) == (.frame, 0))
    #expect(taken.number == 6)
  }

  @Test("The last frame comes before the end")
  func end() {
    let latest = LatestFrame()
    var last = frame(1)
    #expect(latest.publish(&last))
    latest.finish(.failure("gone"))
    var taken = StreamFrame()
    #expect(latest.take(into: &taken) == (.frame, 0))
    #expect(latest.take(into: &taken) == (.failure("gone"), 0))
  }

  @Test("After a stop no more frames are wanted")
  func stop() {
    let latest = LatestFrame()
    latest.stop()
    var frame = frame(1)
    #expect(!latest.publish(&frame))
  }

  @Test("A reading thread: every frame is taken or counted, in order, and the last is taken")
  func thread() throws {
    let layout = try #require(RawFrameLayout(width: 1, height: 1, format: .rgb24))
    let count = 20_000
    let stream = (0..<count).flatMap { index -> [UInt8] in
      [UInt8(index & 255), UInt8(index >> 8), 77]
    }
    let latest = LatestFrame()
    #expect(latest.start(RawFrameReader(layout, from: memory(stream, piece: 4096))) == 0)
    var frame = StreamFrame()
    var last = 0
    while true {
      let (outcome, dropped) = latest.take(into: &frame)
      guard outcome == .frame else {
        #expect(outcome == .end)
        break
      }
      #expect(frame.number == last + dropped + 1)
      last = frame.number
      let index = last - 1
      #expect(frame.bytes == [UInt8(index & 255), UInt8(index >> 8), 77])
    }
    #expect(last == count)
  }

  @Test("A monitor's waiter sees the change it waits for")
  func monitor() {
    let monitor = Monitor(0)
    #expect(
      System.startThread {
        for _ in 0..<1000 { monitor.change { $0 += 1 } }
      } == 0)
    #expect(monitor.wait(until: { $0 == 1000 }) { $0 } == 1000)
  }
}
