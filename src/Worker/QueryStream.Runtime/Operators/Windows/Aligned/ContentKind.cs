namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>Which keys of a window are wanted.</summary>
internal enum ContentKind
{
    /// <summary>All: the window closes.</summary>
    All,

    /// <summary>Those that have changed since the last early results.</summary>
    Changed,

    /// <summary>Those that late rows have changed.</summary>
    Late,
}
