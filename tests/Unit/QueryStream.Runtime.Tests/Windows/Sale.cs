using QueryStream.Streams;

namespace QueryStream.Runtime.Tests.Windows;

[StreamRecord]
public readonly record struct Sale(int Key, long Time);
