using Microsoft.CodeAnalysis;

namespace QueryStream.Generators;

/// <summary>The diagnostics of the generator (QS1…) and the analyzers (QS2…). An id never changes its meaning and is never reused.</summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor UnsupportedMember = Error(
        "QS1001",
        "A member of a record is of an unsupported type",
        "'{0}' of the record '{1}' is of type '{2}', which cannot be stored or sent: {3}");

    public static readonly DiagnosticDescriptor Inaccessible = Error(
        "QS1002",
        "A record is not accessible to generated code",
        "The record '{0}' is not accessible to generated code, because '{1}' is {2}: make it internal or public");

    public static readonly DiagnosticDescriptor NotARecord = Error(
        "QS1003",
        "A type cannot be a record",
        "'{0}' cannot be a [StreamRecord]: {1}");

    public static readonly DiagnosticDescriptor NoConstructor = Error(
        "QS1004",
        "A record has no usable constructor",
        "The record '{0}' has no usable constructor: it needs an internal or public one without parameters, "
        + "or one whose parameters have the names and types of members");

    public static readonly DiagnosticDescriptor Recursive = Error(
        "QS1005",
        "A record contains itself",
        "'{0}' of the record '{1}' leads back to '{1}' itself, so its layout would have no end: refer to the other record by a key");

    public static readonly DiagnosticDescriptor SameJsonName = Error(
        "QS1006",
        "Two members of a record have the same JSON name",
        "'{0}' and '{1}' of the record '{2}' both have the JSON name \"{3}\": give one of them another name with [JsonName]");

    public static readonly DiagnosticDescriptor Unsettable = Error(
        "QS1007",
        "A member of a record cannot be set",
        "'{0}' of the record '{1}' cannot be set, so its value would be lost: give it an internal or public setter ('init' is enough), "
        + "or a constructor parameter of the same name");

    public static readonly DiagnosticDescriptor UnnamedOperator = Warning(
        "QS2001",
        "A stateful operator has no name",
        "'{0}' keeps state, but has no name: after a change of the job its state may not be found again. Give it a name with {1}.",
        category: "QueryStream.State");

    public static readonly DiagnosticDescriptor AsyncFunction = Error(
        "QS2002",
        "An asynchronous function where a synchronous one is expected",
        "'{0}' expects a synchronous function: rows that it emits after its first 'await' are lost. Use MapAsync for asynchronous calls.",
        Streams);

    public static readonly DiagnosticDescriptor EmitsLater = Error(
        "QS2003",
        "A context is used after its call",
        "'{0}' is valid only during the call that it is passed to, on the same thread: rows that are emitted later are lost. "
        + "Use MapAsync for asynchronous calls.",
        Streams);

    public static readonly DiagnosticDescriptor FieldAsState = Warning(
        "QS2004",
        "A field of a function is used as state",
        "'{0}' of the function '{1}' changes from row to row: it has one value for all keys of a subtask, is not in snapshots, "
        + "and is lost at a restart. Declare state in Open.");

    public static readonly DiagnosticDescriptor CapturedState = Warning(
        "QS2005",
        "A captured variable is used as state",
        "The function changes '{0}', which it does not own: all subtasks of a worker share it, it is not in snapshots, "
        + "and it is lost at a restart. Use a Process function with state, or Aggregate.");

    public static readonly DiagnosticDescriptor SharedFunction = Warning(
        "QS2006",
        "Subtasks share one function",
        "'{0}' is one function for all subtasks of a worker, which run on several threads: create a new one in the lambda, '() => new …'.");

    /// <summary>The diagnostics that the generator reports; analyzers list their own.</summary>
    public static readonly DiagnosticDescriptor[] OfGenerator =
        [UnsupportedMember, Inaccessible, NotARecord, NoConstructor, Recursive, SameJsonName, Unsettable];

    private const string Records = "QueryStream.Records";
    private const string Streams = "QueryStream.Streams";

    private static DiagnosticDescriptor Error(string id, string title, string message, string category = Records) =>
        new(id, title, message, category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    private static DiagnosticDescriptor Warning(string id, string title, string message, string category = Streams) =>
        new(id, title, message, category, DiagnosticSeverity.Warning, isEnabledByDefault: true);
}
