namespace QueryStream.Core.Codecs;

/// <summary>Computes the minimum size and the end of a value from its layout alone.</summary>
internal static class SchemaBytes
{
    // Larger than any record in a frame, and small enough that sums do not overflow.
    private const int MaxMinBytes = 1 << 20;

    public static int MinBytes(SchemaKind kind, ReadOnlySpan<SchemaMember> members)
    {
        switch (kind)
        {
            case SchemaKind.Unit:
            case SchemaKind.Opaque:
                return 0;
            case SchemaKind.OffsetTime:
                return 2;
            case SchemaKind.Single:
                return sizeof(float);
            case SchemaKind.Double:
                return sizeof(double);
            case SchemaKind.Decimal:
            case SchemaKind.Guid:
                return 16;
            case SchemaKind.Record:
                int sum = 0;
                foreach (SchemaMember member in members)
                {
                    sum = Math.Min(sum + member.Schema.MinBytes, MaxMinBytes);
                }

                return sum;
            default:
                return 1;
        }
    }

    /// <summary>Skips one value.</summary>
    public static void Skip(Schema schema, CodecReader reader)
    {
        switch (schema.Kind)
        {
            case SchemaKind.Unit:
                break;
            case SchemaKind.Boolean:
                reader.ReadBoolean();
                break;
            case SchemaKind.SignedInteger or SchemaKind.UnsignedInteger or SchemaKind.Time or SchemaKind.Enum:
                reader.ReadUInt64();
                break;
            case SchemaKind.OffsetTime:
                reader.ReadUInt64();
                reader.ReadUInt64();
                break;
            case SchemaKind.Single or SchemaKind.Double or SchemaKind.Decimal or SchemaKind.Guid:
                reader.ReadRaw(schema.MinBytes);
                break;
            case SchemaKind.Text or SchemaKind.Bytes:
                reader.TryReadBytes(out _);
                break;
            case SchemaKind.Opaque:
                throw reader.Damaged($"a value of {schema}, which only its own codec can read");
            default:
                SkipParts(schema, reader);
                break;
        }
    }

    private static void SkipParts(Schema schema, CodecReader reader)
    {
        int count = 1;
        int minBytes = 0;
        bool isList = schema.Kind is SchemaKind.List or SchemaKind.Map;
        if (isList)
        {
            foreach (SchemaMember part in schema.Members)
            {
                minBytes += part.Schema.MinBytes;
            }

            reader.TryReadCount(minBytes, out count);
        }
        else if (schema.Kind == SchemaKind.Nullable && !reader.ReadBoolean())
        {
            count = 0;
        }

        for (int i = 0; i < count; i++)
        {
            foreach (SchemaMember part in schema.Members)
            {
                Skip(part.Schema, reader);
            }

            if (isList && minBytes == 0)
            {
                reader.ReadPadding();
            }
        }
    }
}
