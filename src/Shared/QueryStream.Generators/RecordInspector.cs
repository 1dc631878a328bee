using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using QueryStream.Generators.Model;

namespace QueryStream.Generators;

/// <summary>Creates the model of a record from its symbol.</summary>
internal sealed class RecordInspector
{
    private static readonly SymbolDisplayFormat CodeFormat = SymbolDisplayFormat.FullyQualifiedFormat;

    private readonly INamedTypeSymbol _type;
    private readonly Compilation _compilation;
    private readonly List<DiagnosticModel> _diagnostics = [];
    private readonly string _name;
    private bool _hasErrors;

    private RecordInspector(INamedTypeSymbol type, Compilation compilation)
    {
        _type = type;
        _compilation = compilation;
        _name = type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
    }

    public static RecordModel Inspect(INamedTypeSymbol type, int naming, Compilation compilation) =>
        new RecordInspector(type, compilation).Inspect(naming);

    private RecordModel Inspect(int naming)
    {
        RecordModel model = RecordNames.Of(_type);
        if (!CanBeRecord() || !IsAccessible())
        {
            return WithErrors(model);
        }

        List<RecordMember> members = RecordMember.Of(_type, _compilation);
        IMethodSymbol? constructor = RecordConstructor.Choose(_type, members, _compilation);
        List<RecordMember> stored = [.. members.Where(m => m.IsStored || RecordConstructor.ParameterOf(constructor, m) is not null)];
        CheckSettable(stored, constructor);
        TypeSupport support = TypeSupport.Key;
        List<MemberModel> models = [];
        foreach (RecordMember member in stored)
        {
            TypeSupport of = new TypeInspector(_compilation, _type).Inspect(member.Type);
            CheckSupport(member, of);
            support = of.IsSupported ? support.And(of) : support;
            models.Add(ModelOf(member, of, constructor, naming));
        }

        CheckJsonNames(models, stored);
        if (constructor is null && !_hasErrors)
        {
            Report(Rules.NoConstructor, _type, _name);
        }

        return _hasErrors ? WithErrors(model) : Complete(model, stored, WithoutClashes(models), constructor!, support);
    }

    private static RecordModel Complete(
        RecordModel model, List<RecordMember> stored, List<MemberModel> models, IMethodSymbol constructor, TypeSupport support)
    {
        ImmutableArray<int> arguments =
            [.. constructor.Parameters.Select(parameter => stored.FindIndex(m => RecordConstructor.Matches(parameter, m)))];
        bool setsRequired = constructor.GetAttributes().Any(a => a.AttributeClass?.Name == "SetsRequiredMembersAttribute");
        IEnumerable<int> set = Enumerable.Range(0, stored.Count).Where(
            i => stored[i].IsSettable && (!arguments.Contains(i) || (stored[i].IsRequired && !setsRequired)));
        return model with
        {
            IsKey = support.IsKey,
            IsJson = support.IsJson,
            Members = new EquatableArray<MemberModel>([.. models]),
            Arguments = new EquatableArray<int>(arguments),
            Initializers = new EquatableArray<int>([.. set]),
        };
    }

    private RecordModel WithErrors(RecordModel model) =>
        model with { HasErrors = true, Diagnostics = new EquatableArray<DiagnosticModel>([.. _diagnostics]) };

    private bool CanBeRecord()
    {
        string? reason = _type.IsStatic ? "a static class has no values"
            : _type.IsRefLikeType ? "a ref struct lives on the stack only"
            : _type.IsAbstract ? "an abstract class does not say what there is to store; mark the classes that are derived from it"
            : null;
        if (reason is not null)
        {
            Report(Rules.NotARecord, _type, _name, reason);
        }

        return reason is null;
    }

    private bool IsAccessible()
    {
        for (INamedTypeSymbol? type = _type; type is not null; type = type.ContainingType)
        {
            string? why = type.IsFileLocal ? "visible in its file only"
                : type.DeclaredAccessibility is Accessibility.Private ? "private"
                : type.DeclaredAccessibility is Accessibility.Protected or Accessibility.ProtectedAndInternal ? "protected"
                : null;
            if (why is not null)
            {
                Report(Rules.Inaccessible, _type, _name, type.Name, why);
                return false;
            }
        }

        return true;
    }

    private void CheckSettable(List<RecordMember> stored, IMethodSymbol? constructor)
    {
        foreach (RecordMember member in stored)
        {
            bool isTaken = constructor is not null
                ? RecordConstructor.ParameterOf(constructor, member) is not null
                : _type.InstanceConstructors.Any(candidate => RecordConstructor.ParameterOf(candidate, member) is not null);
            if (!member.IsSettable && !isTaken)
            {
                Report(Rules.Unsettable, member.Symbol, member.Name, _name);
            }
        }
    }

    private void CheckSupport(RecordMember member, TypeSupport support)
    {
        if (support.IsUnknown)
        {
            _hasErrors = true;
        }
        else if (support.IsRecursive)
        {
            Report(Rules.Recursive, member.Symbol, member.Name, _name);
        }
        else if (support.Problem is not null)
        {
            Report(Rules.UnsupportedMember, member.Symbol, member.Name, _name, member.Type.ToDisplayString(), support.Problem);
        }
    }

    private void CheckJsonNames(List<MemberModel> models, List<RecordMember> stored)
    {
        Dictionary<string, string> owners = [];
        for (int i = 0; i < models.Count; i++)
        {
            if (owners.TryGetValue(models[i].JsonName, out string? owner))
            {
                Report(Rules.SameJsonName, stored[i].Symbol, owner, models[i].Name, _name, models[i].JsonName);
            }
            else
            {
                owners.Add(models[i].JsonName, models[i].Name);
            }
        }
    }

    // An alias must not be the JSON name of another member.
    private static List<MemberModel> WithoutClashes(List<MemberModel> models) =>
        [.. models.Select(model => models.Any(other => other.JsonName == model.JsonAlias) ? model with { JsonAlias = null } : model)];

    private static MemberModel ModelOf(RecordMember member, TypeSupport support, IMethodSymbol? constructor, int naming)
    {
        IParameterSymbol? parameter = RecordConstructor.ParameterOf(constructor, member);
        string? given = GivenName(member.Symbol) ?? (parameter is null ? null : GivenName(parameter));
        string type = member.Type.ToDisplayString(CodeFormat);
        return new MemberModel(
            member.Name,
            type,
            given ?? JsonNamingPolicy.Convert(member.Name, naming),
            given is null ? member.Name : null,
            MemberPresence.Of(member, constructor, parameter),
            NullCheck.Of(member.Type),
            support.HoldsText,
            RecordConstructor.DefaultOf(parameter, type));
    }

    private static string? GivenName(ISymbol symbol) => symbol.GetAttributes()
        .FirstOrDefault(attribute => attribute.AttributeClass?.ToDisplayString() == "QueryStream.Streams.JsonNameAttribute")?
        .ConstructorArguments.FirstOrDefault().Value as string;

    private void Report(DiagnosticDescriptor rule, ISymbol at, params string[] arguments)
    {
        _hasErrors = true;

        // A member of a base class may be in another assembly; then the record is the location.
        Location? location = at.Locations.FirstOrDefault(l => l.IsInSource) ?? _type.Locations.FirstOrDefault(l => l.IsInSource);
        _diagnostics.Add(DiagnosticModel.At(rule, location, arguments));
    }
}
