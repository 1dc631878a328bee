using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Graph;

/// <summary>What a job does with windows that keep their rows: makes each for one subtask.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The rows that the function emits.</typeparam>
/// <param name="Function">Makes results.</param>
/// <param name="Trigger">Says when.</param>
/// <param name="Evictor">Takes rows out; null: none does.</param>
public sealed record RowWindowFunctions<T, TKey, TOut>(Func<WindowFunction<TKey, T, TOut>> Function, Func<Trigger<T>> Trigger, Func<Evictor<T>>? Evictor);
