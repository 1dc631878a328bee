namespace QueryStream.Runtime.Operators;

/// <summary>Tells the keys of rows, for errors.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal interface IKeyText<T>
{
    /// <summary>The text of a row's key; null where it has none, or it cannot be taken.</summary>
    string? KeyOf(in T row);
}
