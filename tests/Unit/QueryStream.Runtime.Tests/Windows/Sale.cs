namespace QueryStream.Runtime.Tests.Windows;

public readonly record struct Sale(int Key, long Time);
