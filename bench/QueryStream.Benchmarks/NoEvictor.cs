using QueryStream.Streams.Windows;

namespace QueryStream.Benchmarks;

/// <summary>Evicts nothing, but makes windows keep their rows.</summary>
internal sealed class NoEvictor : Evictor<Event>
{
}
