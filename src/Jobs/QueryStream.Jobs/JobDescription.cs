using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.Jobs;

/// <summary>A job that can be run by name.</summary>
/// <param name="Name">The name on the command line: <c>query-analytics</c>.</param>
/// <param name="Title">The display name.</param>
/// <param name="Description">What the job does, in one line.</param>
/// <param name="Settings">Its settings with their defaults.</param>
/// <param name="Create">Creates the job. Its settings are validated when its graph is built.</param>
public sealed record JobDescription(
    string Name, string Title, string Description, IReadOnlyList<SettingInfo> Settings, Func<IStreamJob> Create);
