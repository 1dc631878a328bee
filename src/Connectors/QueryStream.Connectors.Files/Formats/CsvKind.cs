namespace QueryStream.Connectors.Files.Formats;

/// <summary>What the values of a column are in JSON.</summary>
internal enum CsvKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A number where it looks like one, else a string: names of enums, NaN.</summary>
    Number,

    /// <summary>True or false, in any letter case.</summary>
    Boolean,
}
