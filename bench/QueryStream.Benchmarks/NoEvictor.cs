using QueryStream.Streams.Windows;

namespace QueryStream.Benchmarks;

/// <summary>Takes nothing out; windows keep their rows for it.</summary>
internal sealed class NoEvictor : Evictor<Event>
{
}
