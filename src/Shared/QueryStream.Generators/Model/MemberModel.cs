namespace QueryStream.Generators.Model;

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
