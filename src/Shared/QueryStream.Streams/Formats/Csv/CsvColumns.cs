using System.Text.Json;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams.Records;

namespace QueryStream.Streams.Formats;

/// <summary>The JSON type of a column's values.</summary>
internal enum CsvKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A number if the text is one, else a string: names of enums, NaN.</summary>
    Number,

    /// <summary>True or false, in any letter case.</summary>
    Boolean,
}

/// <summary>The CSV columns of a record type: its members, in the order of its JSON format.</summary>
internal sealed class CsvColumns
{
    private static readonly HashSet<Type> Numbers =
    [
        typeof(sbyte), typeof(short), typeof(int), typeof(long), typeof(byte), typeof(ushort), typeof(uint), typeof(ulong),
        typeof(float), typeof(double), typeof(decimal), typeof(EventTime),
    ];

    private static readonly HashSet<Type> Texts =
    [
        typeof(string), typeof(Text), typeof(char), typeof(byte[]), typeof(Guid),
        typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan),
    ];

    private CsvColumns(IReadOnlyList<JsonMember> members)
    {
        Members = members;
        Names = [.. members.Select(member => JsonEncodedText.Encode(member.Name))];
        Kinds = [.. members.Select(member => KindOf(member.Type)!.Value)];
        EmptyIsText = [.. members.Select(member => member.IsRequired && (member.Type == typeof(string) || member.Type == typeof(Text)))];
    }

    public IReadOnlyList<JsonMember> Members { get; }

    public JsonEncodedText[] Names { get; }

    public CsvKind[] Kinds { get; }

    /// <summary>For each column, whether an empty field is an empty text: it is if the member is required.</summary>
    public bool[] EmptyIsText { get; }

    /// <summary>The columns of a type.</summary>
    /// <exception cref="JobDefinitionException">The type is not a record, or not a flat one.</exception>
    public static CsvColumns Of<T>()
    {
        JsonFormat<T>.Check();
        IReadOnlyList<JsonMember> members = JsonFormat<T>.Instance.Members;
        if (members.Count == 0)
        {
            throw new JobDefinitionException($"Rows of {typeof(T)} cannot be CSV: a [StreamRecord] with members can, whose names are the columns.");
        }

        if (members.FirstOrDefault(member => KindOf(member.Type) is null) is { } member)
        {
            throw new JobDefinitionException(
                $"Rows of {typeof(T)} cannot be CSV, since {member.DeclaredName} is no simple value but {member.Type}: "
                + "a field holds a number, a text, a time, an enum, a bool. Use JSON, or a record without it.");
        }

        return new CsvColumns(members);
    }

    /// <summary>The column with a name, in any letter case; -1 if there is none.</summary>
    public int Find(string name)
    {
        for (int i = 0; i < Members.Count; i++)
        {
            if (string.Equals(Members[i].Name, name, StringComparison.OrdinalIgnoreCase)
                || string.Equals(Members[i].DeclaredName, name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    private static CsvKind? KindOf(Type type)
    {
        Type simple = Nullable.GetUnderlyingType(type) ?? type;
        return Numbers.Contains(simple) || simple.IsEnum ? CsvKind.Number
            : simple == typeof(bool) ? CsvKind.Boolean
            : Texts.Contains(simple) ? CsvKind.Text
            : null;
    }
}
