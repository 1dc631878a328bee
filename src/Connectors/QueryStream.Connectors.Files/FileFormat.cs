using QueryStream.Connectors.Files.Formats;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;

namespace QueryStream.Connectors.Files;

/// <summary>The formats of files that there are. Your own is a class derived from <see cref="FileFormat{T}"/>.</summary>
public static class FileFormat
{
    /// <summary>Lines of text in UTF-8, each a row; empty ones too.</summary>
    public static FileFormat<Text> Lines { get; } = new TextLines();

    /// <summary>A JSON value a line. Empty lines are passed over.</summary>
    /// <typeparam name="T">The rows: <c>[StreamRecord]</c> types, and all else that has a JSON format.</typeparam>
    /// <exception cref="JobDefinitionException">The type has no JSON format.</exception>
    public static FileFormat<T> JsonLines<T>() => new JsonLines<T>();

    /// <summary>Comma-separated values as RFC 4180 has them.</summary>
    /// <typeparam name="T">The rows: <c>[StreamRecord]</c> types whose members are simple values.</typeparam>
    /// <param name="options">How; null: with a header, separated by commas.</param>
    /// <exception cref="JobDefinitionException">The type is no record, or a member is a list, a record or a tuple; or an option is not allowed.</exception>
    public static FileFormat<T> Csv<T>(CsvOptions? options = null) => new Csv<T>(options ?? new CsvOptions());
}
