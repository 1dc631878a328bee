using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tests.Windows.Rows;

/// <summary>Takes nothing out; so windows keep their rows and do else what they do without it.</summary>
internal sealed class LenientEvictor<T> : Evictor<T>
{
}
