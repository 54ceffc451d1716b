#ifndef SWL_BUS_ERROR_H
#define SWL_BUS_ERROR_H

// From now on a SIGBUS that reading a mapped file raises, because the file became shorter or its
// disk failed, writes `message`, of which at most 4 kB are kept, to standard error and ends the
// process with status 1: there is nothing to return to. Other causes end it as ever. A later
// message replaces an earlier one; no thread may read a mapped file meanwhile.
void swl_explain_bus_error(const char* _Nonnull message);

#endif
