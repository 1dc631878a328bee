namespace QueryStream.Runtime.Operators;

/// <summary>The text of rows and keys, for errors. The job's ToString creates it and may throw.</summary>
internal static class RowText
{
    /// <summary>The text, truncated to a maximum length.</summary>
    public static string Of<T>(in T value, int maxLength)
    {
        string text;
        try
        {
            text = value?.ToString() ?? "null";
        }
        catch (Exception e)
        {
            return $"{typeof(T).Name} (its text: {e.GetType().Name})";
        }

        return text.Length <= maxLength ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)}…";
    }

    /// <summary>The text of a row's key; null if the key function throws.</summary>
    public static string? OfKeyOf<T, TKey>(in T row, Func<T, TKey> key)
    {
        try
        {
            return OfKey(key(row));
        }
        catch (Exception)
        {
            // The text is part of another error, which is the one to report.
            return null;
        }
    }

    /// <summary>The text of a key.</summary>
    public static string OfKey<TKey>(in TKey key) => Of(key, maxLength: 100);
}
