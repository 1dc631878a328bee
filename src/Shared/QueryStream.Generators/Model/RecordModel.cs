namespace QueryStream.Generators.Model;

/// <summary>All that is generated from: no symbols, no trees, compared by value, so that nothing is generated again where nothing changed.</summary>
internal sealed record RecordModel
{
    /// <summary>The type as generated code writes it: <c>global::Shop.Pair&lt;T&gt;</c>.</summary>
    public string Type { get; init; } = "";

    /// <summary>The same, as <c>typeof</c> wants it: <c>global::Shop.Pair&lt;&gt;</c>.</summary>
    public string OpenType { get; init; } = "";

    /// <summary>The type's own name.</summary>
    public string Name { get; init; } = "";

    /// <summary>What the names of generated classes begin with; unique.</summary>
    public string ClassName { get; init; } = "";

    /// <summary>The name of the generated file; unique without regard to case.</summary>
    public string FileName { get; init; } = "";

    /// <summary><c>&lt;T&gt;</c>, or nothing.</summary>
    public string Parameters { get; init; } = "";

    /// <summary><c>&lt;&gt;</c>, or nothing.</summary>
    public string OpenParameters { get; init; } = "";

    /// <summary><c> where T : struct</c>, or nothing.</summary>
    public string Constraints { get; init; } = "";

    public bool IsReference { get; init; }

    public bool CanBeDerived { get; init; }

    public bool IsKey { get; init; }

    public bool IsJson { get; init; }

    public EquatableArray<MemberModel> Members { get; init; }

    /// <summary>The members that the constructor takes, by index.</summary>
    public EquatableArray<int> Arguments { get; init; }

    /// <summary>The members that are set, by index.</summary>
    public EquatableArray<int> Initializers { get; init; }

    public EquatableArray<DiagnosticModel> Diagnostics { get; init; }

    /// <summary>Whether nothing can be generated.</summary>
    public bool IsBroken { get; init; }

    /// <summary>Members that keep what the record sets them to where they were not read.</summary>
    public IEnumerable<int> KeepInitial => Enumerable.Range(0, Members.Count).Where(index => Members[index].Presence == Presence.KeepsInitial);

    /// <summary>An expression that makes a value of which <see cref="KeepInitial"/> are what the record sets them to.</summary>
    public string ConstructInitial(Func<int, string> valueOf) => Construct(valueOf, isSet: index => Members[index].IsRequired);

    /// <summary>An expression that makes a value from one expression a member.</summary>
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
/// <param name="Type">Its type, as generated code writes it.</param>
/// <param name="JsonName">The name in JSON.</param>
/// <param name="JsonAlias">Another name that is read; null for none.</param>
/// <param name="Presence">What becomes of it where a JSON text does not have it.</param>
/// <param name="Nulls">Which nulls a JSON text may not have for it.</param>
/// <param name="HoldsText">Whether a kept copy needs texts of its own.</param>
/// <param name="Default">What it is where nothing was written, as generated code writes it.</param>
internal sealed record MemberModel(string Name, string Type, string JsonName, string? JsonAlias, Presence Presence, NullRules Nulls, bool HoldsText, string Default)
{
    public bool IsRequired => Presence == Presence.Required;
}

/// <summary>What becomes of a member that was not read.</summary>
internal enum Presence
{
    /// <summary>The text is no row.</summary>
    Required,

    /// <summary>It has <see cref="MemberModel.Default"/>.</summary>
    HasDefault,

    /// <summary>It keeps what the record itself sets it to: by an initializer, or in its constructor.</summary>
    KeepsInitial,
}

/// <summary>Where a JSON text may have null, as the types say.</summary>
/// <param name="IsNullable">Whether the member itself may be null.</param>
/// <param name="Expected">What must be there instead, for people; empty where the format of the type refuses null by itself.</param>
/// <param name="Inside">Statements that check what the member holds, as generated code writes them; empty where there is nothing to check.</param>
internal sealed record NullRules(bool IsNullable, string Expected, string Inside);
