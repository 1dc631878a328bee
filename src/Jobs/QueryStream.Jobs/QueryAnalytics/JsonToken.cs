using System.Text.Json;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>Where a member's value stands in the record. <c>default</c>: the member is missing.</summary>
/// <param name="Type">The kind of value.</param>
/// <param name="Start">Its first byte, behind the quote of a string.</param>
/// <param name="Length">Its bytes, without quotes.</param>
/// <param name="IsEscaped">Whether it is a string with escapes.</param>
internal readonly record struct JsonToken(JsonTokenType Type, int Start, int Length, bool IsEscaped)
{
    /// <summary>Null is the same as missing.</summary>
    public bool IsMissing => Type is JsonTokenType.None or JsonTokenType.Null;
}
