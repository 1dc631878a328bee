using System.Collections.Immutable;

namespace QueryStream.Core.Codecs;

/// <summary>The layout of a codec's bytes: a tree that is compared by value and stored with the bytes. Immutable.</summary>
public sealed class Schema : IEquatable<Schema>
{
    // No type is nested this deep: a deeper tree is damaged or an attack.
    private const int MaxDepth = 64;

    // A name, and a schema of a kind, a name and a count.
    private const int MinMemberBytes = 4;

    private Schema(SchemaKind kind, string name, ImmutableArray<SchemaMember> members)
    {
        Kind = kind;
        Name = name;
        Members = members;
        MinBytes = SchemaBytes.MinBytes(kind, members.AsSpan());
        CanBeSkipped = kind != SchemaKind.Opaque && members.All(member => member.Schema.CanBeSkipped);
    }

    /// <summary>The kind of layout.</summary>
    public SchemaKind Kind { get; }

    /// <summary>A record's or enum's type name, a simple type's name, or the name of an opaque layout.</summary>
    public string Name { get; }

    /// <summary>The members of a record in byte order; for other kinds the parts: an element, or a key and a value.</summary>
    public ImmutableArray<SchemaMember> Members { get; }

    /// <summary>The minimum size of a value; 0 if it may be empty or is unknown. Readers use it to limit counts.</summary>
    public int MinBytes { get; }

    /// <summary>Whether <see cref="Skip"/> works. It does not if a part of the value is opaque.</summary>
    public bool CanBeSkipped { get; }

    /// <summary>A simple type.</summary>
    public static Schema Simple(SchemaKind kind, string name) => new(kind, name, []);

    /// <summary>A value or null.</summary>
    public static Schema NullableOf(Schema value) => new(SchemaKind.Nullable, "nullable", [new SchemaMember("value", value)]);

    /// <summary>A list of elements.</summary>
    public static Schema ListOf(Schema element) => new(SchemaKind.List, "list", [new SchemaMember("element", element)]);

    /// <summary>Pairs of a key and a value.</summary>
    public static Schema MapOf(Schema key, Schema value) =>
        new(SchemaKind.Map, "map", [new SchemaMember("key", key), new SchemaMember("value", value)]);

    /// <summary>A record: its members, one after the other.</summary>
    public static Schema Record(string name, params ReadOnlySpan<SchemaMember> members) => new(SchemaKind.Record, name, [.. members]);

    /// <summary>A layout that only its own codec can read.</summary>
    /// <param name="name">Names the layout and its version.</param>
    /// <param name="parts">The layouts inside of it.</param>
    public static Schema Opaque(string name, params ReadOnlySpan<SchemaMember> parts) => new(SchemaKind.Opaque, name, [.. parts]);

    /// <summary>Whether both layouts are the same. The names of records do not count, so that a type can be renamed.</summary>
    public bool Equals(Schema? other) =>
        other is not null
        && Kind == other.Kind
        && (Kind == SchemaKind.Record || string.Equals(Name, other.Name, StringComparison.Ordinal))
        && Members.SequenceEqual(other.Members);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Schema);

    /// <inheritdoc/>
    public override int GetHashCode() => ((int)Kind * 31) + Members.Length;

    /// <summary>The text in errors and plans: <c>Order { Id: int64, Tags: list&lt;text&gt; }</c>.</summary>
    public override string ToString() => Kind switch
    {
        SchemaKind.Record => $"{Name} {{ {string.Join(", ", Members.Select(member => $"{member.Name}: {member.Schema}"))} }}",
        SchemaKind.Nullable => $"{Members[0].Schema}?",
        SchemaKind.List or SchemaKind.Map => $"{Name}<{string.Join(", ", Members.Select(member => member.Schema))}>",
        SchemaKind.Opaque when Members.Length > 0 => $"{Name}<{string.Join(", ", Members.Select(member => member.Schema))}>",
        _ => Name,
    };

    /// <summary>Skips the bytes of one value.</summary>
    /// <exception cref="CodecException">The bytes do not have this layout, or only its own codec can read them.</exception>
    public void Skip(CodecReader reader) => SchemaBytes.Skip(this, reader);

    /// <summary>Writes the tree.</summary>
    public void Write(CodecWriter writer)
    {
        writer.WriteByte((byte)Kind);
        writer.WriteString(Name);
        writer.WriteLength(Members.Length);
        foreach (SchemaMember member in Members)
        {
            writer.WriteString(member.Name);
            member.Schema.Write(writer);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="CodecException">The bytes are not a schema.</exception>
    public static Schema Read(CodecReader reader) => Read(reader, depth: 0);

    private static Schema Read(CodecReader reader, int depth)
    {
        SchemaKind kind = (SchemaKind)reader.ReadByte();
        if (!Enum.IsDefined(kind) || depth > MaxDepth)
        {
            throw reader.Damaged($"a schema of kind {kind} at depth {depth}");
        }

        string name = reader.ReadString() ?? throw reader.Damaged("a schema without a name");
        int count = (int)reader.ReadUInt64((ulong)(reader.Remaining / MinMemberBytes));
        int parts = PartsOf(kind);
        if (parts >= 0 && count != parts)
        {
            throw reader.Damaged($"a schema of kind {kind} with {count} parts");
        }

        // Grows with the members that exist, so that a damaged count cannot allocate much.
        ImmutableArray<SchemaMember>.Builder members = ImmutableArray.CreateBuilder<SchemaMember>(Math.Min(count, 16));
        for (int i = 0; i < count; i++)
        {
            string member = reader.ReadString() ?? throw reader.Damaged("a member without a name");
            members.Add(new SchemaMember(member, Read(reader, depth + 1)));
        }

        return new Schema(kind, name, members.ToImmutable());
    }

    private static int PartsOf(SchemaKind kind) => kind switch
    {
        SchemaKind.Record or SchemaKind.Opaque => -1,
        SchemaKind.Nullable or SchemaKind.List => 1,
        SchemaKind.Map => 2,
        _ => 0,
    };
}

/// <summary>A member of a record's layout.</summary>
/// <param name="Name">Its name, which identifies it between versions.</param>
/// <param name="Schema">Its layout.</param>
public sealed record SchemaMember(string Name, Schema Schema);
