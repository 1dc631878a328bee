using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>What a window operator still has to do, in order: a control element to come after results, or a timer's demand.</summary>
/// <param name="Control">The element; null for a demand.</param>
/// <param name="OnlyClosed">Of a demand: whether only windows that have closed are meant.</param>
internal readonly record struct PendingWork(Control? Control, bool OnlyClosed = false);
