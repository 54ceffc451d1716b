import SwiftletPlatform

/// A value that threads share: one at a time holds it, and can wait until another changed it.
///
/// The standard library's `Mutex` has no way to wait, hence this one.
final class Monitor<Value: Sendable>: @unchecked Sendable {
  // Unchecked, because of `value` and the two pointers. `value` is private and is touched in
  // `change` and `wait` only, by the thread that holds the lock. The pointers are constants, and
  // what they lead to is made for use by several threads; it is freed when no reference is left,
  // so no thread is in a method.
  private var value: Value
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// A monitor of `value`.
  init(_ value: Value) {
    self.value = value
    lock.initialize(to: pthread_mutex_t())
    changed.initialize(to: pthread_cond_t())
    // With default attributes neither fails on Linux.
    pthread_mutex_init(lock, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(lock)
    changed.deallocate()
    lock.deallocate()
  }

  /// Changes the value, and wakes who waits. `body` must not call this monitor.
  func change<Result>(_ body: (inout Value) -> Result) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    let result = body(&value)
    pthread_cond_broadcast(changed)
    return result
  }

  /// Waits until `condition` holds, and changes the value before anyone else can.
  func wait<Result>(
    until condition: (borrowing Value) -> Bool, _ body: (inout Value) -> Result
  ) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while !condition(value) { pthread_cond_wait(changed, lock) }
    return body(&value)
  }
}
