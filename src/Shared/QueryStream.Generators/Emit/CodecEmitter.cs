using Microsoft.CodeAnalysis.CSharp;
using QueryStream.Generators.Model;

namespace QueryStream.Generators.Emit;

/// <summary>Emits the codec of a record: its members in order; for a class, preceded by a byte for null.</summary>
internal static class CodecEmitter
{
    private const string Codecs = RecordEmitter.Core + "Codecs.";

    public static void Emit(CodeBuilder code, RecordModel record)
    {
        code.Line(RecordEmitter.GeneratedCode).Line(RecordEmitter.Header(record, "Codec", Codecs + "Codec")).Line("{");
        code.Lines(record.Members.Select((member, i) =>
            $"private static readonly {Codecs}Codec<{member.Type}> C{i} = {Codecs}Codec<{member.Type}>.Instance;"));
        string members = string.Join(", ", record.Members.Select((member, i) => $"new {Codecs}SchemaMember({Literal(member.Name)}, C{i}.Schema)"));
        code.Line($"private static readonly {Codecs}Schema Layout = {Codecs}Schema.Record(");
        code.Line($"    {Literal(record.Name)}, new {Codecs}SchemaMember[] {{ {members} }});").Line();
        string schema = record.IsReference ? $"{Codecs}Schema.NullableOf(Layout)" : "Layout";
        code.Line($"public override {Codecs}Schema Schema {{ get; }} = {schema};").Line();
        EmitWrite(code, record);
        EmitRead(code, record);
        EmitEvolved(code, record);
        code.Line("}");
    }

    private static void EmitWrite(CodeBuilder code, RecordModel record)
    {
        code.Line($"public override void Write({Codecs}CodecWriter writer, in {record.Type} value)").Line("{");
        if (record.IsReference)
        {
            code.Line("writer.WriteBoolean(!(value is null));").Line("if (value is null)").Line("{").Line("return;").Line("}").Line();
        }

        if (record.CanBeDerived)
        {
            code.Line($"{Codecs}RecordGuard.RequireExact(value, typeof({record.Type}));");
        }

        code.Lines(record.Members.Select((member, i) => $"C{i}.Write(writer, value.@{member.Name});"));
        code.Line("}").Line();
    }

    private static void EmitRead(CodeBuilder code, RecordModel record)
    {
        code.Line($"public override {record.Type} Read({Codecs}CodecReader reader)").Line("{");
        EmitNull(code, record);
        code.Lines(record.Members.Select((member, i) => $"{member.Type} m{i} = C{i}.Read(reader);"));
        code.Line($"return {record.Construct(i => $"m{i}")};").Line("}").Line();
    }

    private static void EmitEvolved(CodeBuilder code, RecordModel record)
    {
        string decoder = $"{Codecs}Decoder<{record.Type}>";
        code.Line($"public override {decoder} DecoderOf({Codecs}Schema written)").Line("{");
        code.Line("if (written.Equals(Schema))").Line("{").Line("return this;").Line("}").Line();
        if (record.IsReference)
        {
            code.Line($"if (written.Kind != {Codecs}SchemaKind.Nullable)").Line("{").Line("return base.DecoderOf(written);").Line("}").Line();
        }

        string layout = record.IsReference ? "written.Members[0].Schema" : "written";
        code.Line($"return new Evolved(new {Codecs}RecordEvolution(typeof({record.Type}), {layout}, Layout));").Line("}").Line();
        code.Line($"private sealed class Evolved : {decoder}").Line("{");
        code.Line($"private readonly {Codecs}RecordEvolution _evolution;");
        code.Lines(record.Members.Select((member, i) => $"private readonly {Codecs}Decoder<{member.Type}> _d{i};")).Line();
        code.Line($"public Evolved({Codecs}RecordEvolution evolution)").Line("{").Line("_evolution = evolution;");
        code.Lines(record.Members.Select((member, i) => $"_d{i} = evolution.DecoderOf<{member.Type}>({i});")).Line("}").Line();
        code.Line($"public override {record.Type} Read({Codecs}CodecReader reader)").Line("{");
        EmitNull(code, record);
        code.Lines(record.Members.Select((member, i) => $"{member.Type} m{i} = {member.Default};"));
        code.Lines(record.KeepInitial.Select(i => $"bool r{i} = false;"));
        code.Line($"foreach ({Codecs}RecordStep step in _evolution.Steps)").Line("{").Line("switch (step.Member)").Line("{");
        for (int i = 0; i < record.Members.Count; i++)
        {
            code.Line($"case {i}:").Line($"    m{i} = _d{i}.Read(reader);");
            code.Lines(record.Members[i].Presence == Presence.KeepsInitial ? [$"    r{i} = true;"] : []).Line("    break;");
        }

        code.Lines(["default:", "    step.Skip(reader);", "    break;"]).Line("}").Line("}").Line();
        RecordEmitter.EmitInitial(code, record);
        code.Line($"return {record.Construct(i => $"m{i}")};").Line("}").Line("}");
    }

    private static void EmitNull(CodeBuilder code, RecordModel record)
    {
        if (record.IsReference)
        {
            code.Line("if (!reader.ReadBoolean())").Line("{").Line("return null;").Line("}").Line();
        }
    }

    private static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
