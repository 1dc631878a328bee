namespace QueryStream.Streams.Windows;

/// <summary>The result of one window for one key.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">What the aggregates gave.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Window">The window.</param>
/// <param name="Pane">Which result of them this is.</param>
/// <param name="Value">What the aggregates gave.</param>
/// <param name="Index">Of which of several windows: 0 for the first of those that were asked for.</param>
public readonly record struct WindowResult<TKey, TValue>(TKey Key, Window Window, Pane Pane, TValue Value, int Index = 0);
