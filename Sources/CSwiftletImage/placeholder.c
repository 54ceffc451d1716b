#include "CSwiftletImage.h"
