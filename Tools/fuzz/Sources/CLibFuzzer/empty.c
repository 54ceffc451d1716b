// A target needs a source file; the functions are libFuzzer's own.
#include "CLibFuzzer.h"
