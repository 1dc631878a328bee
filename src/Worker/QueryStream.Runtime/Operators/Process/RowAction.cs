namespace QueryStream.Runtime.Operators.Process;

/// <summary>Does something with a row.</summary>
internal delegate void RowAction<TRow>(in TRow row);
