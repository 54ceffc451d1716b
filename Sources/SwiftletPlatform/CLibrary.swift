// The C library, whatever it is called here: files, mathematics, processors. Foundation has the same
// behind it, but linked into a program its tables of languages are most of the file.
#if canImport(Glibc)
  @_exported import Glibc
#elseif canImport(Musl)
  @_exported import Musl
#elseif canImport(Darwin)
  @_exported import Darwin
#endif
