namespace QueryStream.Generators.Model;

/// <summary>
/// The input of the emitters. It has no symbols or trees and is compared by value, so that nothing is generated again without a change.
/// </summary>
internal sealed record RecordModel
{
    /// <summary>The type in generated code: <c>global::Shop.Pair&lt;T&gt;</c>.</summary>
    public string Type { get; init; } = "";

    /// <summary>The open type, for <c>typeof</c>: <c>global::Shop.Pair&lt;&gt;</c>.</summary>
    public string OpenType { get; init; } = "";

    /// <summary>The type's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The prefix of the names of generated classes; unique.</summary>
    public string ClassName { get; init; } = "";

    /// <summary>The name of the generated file; unique, ignoring case.</summary>
    public string FileName { get; init; } = "";

    /// <summary><c>&lt;T&gt;</c>, or empty.</summary>
    public string Parameters { get; init; } = "";

    /// <summary><c>&lt;&gt;</c>, or empty.</summary>
    public string OpenParameters { get; init; } = "";

    /// <summary><c> where T : struct</c>, or empty.</summary>
    public string Constraints { get; init; } = "";

    public bool IsReference { get; init; }

    public bool CanBeDerived { get; init; }

    public bool IsKey { get; init; }

    public bool IsJson { get; init; }

    public EquatableArray<MemberModel> Members { get; init; }

    /// <summary>The indexes of the members that are constructor arguments.</summary>
    public EquatableArray<int> Arguments { get; init; }

    /// <summary>The indexes of the members that are set in the initializer.</summary>
    public EquatableArray<int> Initializers { get; init; }

    public EquatableArray<DiagnosticModel> Diagnostics { get; init; }

    /// <summary>Whether the record has errors, so that nothing can be generated.</summary>
    public bool HasErrors { get; init; }

    /// <summary>The indexes of the members that keep their initial values if they were not read.</summary>
    public IEnumerable<int> KeepInitial => Enumerable.Range(0, Members.Count).Where(index => Members[index].Presence == Presence.KeepsInitial);

    /// <summary>An expression that creates a value in which the members of <see cref="KeepInitial"/> have their initial values.</summary>
    public string ConstructInitial(Func<int, string> valueOf) => Construct(valueOf, isSet: index => Members[index].IsRequired);

    /// <summary>An expression that creates a value from one expression per member.</summary>
    public string Construct(Func<int, string> valueOf) => Construct(valueOf, isSet: _ => true);

    private string Construct(Func<int, string> valueOf, Func<int, bool> isSet)
    {
        string arguments = string.Join(", ", Arguments.Select(valueOf));
        string initializers = string.Join(", ", Initializers.Where(isSet).Select(index => $"@{Members[index].Name} = {valueOf(index)}"));
        return $"new {Type}({arguments})" + (initializers.Length == 0 ? "" : $" {{ {initializers} }}");
    }
}

/// <summary>A member of a record.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type in generated code.</param>
/// <param name="JsonName">The name in JSON.</param>
/// <param name="JsonAlias">Another name that is read; null if there is none.</param>
/// <param name="Presence">What happens if it is missing in JSON.</param>
/// <param name="Nulls">Which nulls JSON must not have for it.</param>
/// <param name="HoldsText">Whether a kept copy must copy texts.</param>
/// <param name="Default">Its value if nothing was written, in generated code.</param>
internal sealed record MemberModel(
    string Name, string Type, string JsonName, string? JsonAlias, Presence Presence, NullRules Nulls, bool HoldsText, string Default)
{
    public bool IsRequired => Presence == Presence.Required;
}

/// <summary>What happens if a member was not read.</summary>
internal enum Presence
{
    /// <summary>The text is not a row.</summary>
    Required,

    /// <summary>The member gets <see cref="MemberModel.Default"/>.</summary>
    HasDefault,

    /// <summary>The member keeps its initial value: from an initializer, or from the constructor.</summary>
    KeepsInitial,
}

/// <summary>Where JSON may have null, according to the types.</summary>
/// <param name="IsNullable">Whether the member itself may be null.</param>
/// <param name="Expected">The expected value, for messages; empty if the format of the type itself rejects null.</param>
/// <param name="Inside">Statements that check the content of the member, in generated code; empty if there is nothing to check.</param>
internal sealed record NullRules(bool IsNullable, string Expected, string Inside);
