using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>Windows in error messages.</summary>
internal static class WindowText
{
    /// <summary>Which window of which key.</summary>
    public static string Of<TKey>(Window window, in TKey key) => $"the window from {window.Start} to {window.End} of key {RowText.OfKey(key)}";
}
