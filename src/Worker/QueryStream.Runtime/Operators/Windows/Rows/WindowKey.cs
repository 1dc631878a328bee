using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Rows;

/// <summary>A key and one of its windows: what state and timers of windows that keep their rows belong to.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Window">The window. Of a session the one that it began with, since the session grows.</param>
internal readonly record struct WindowKey<TKey>(TKey Key, Window Window);
