using Microsoft.AspNetCore.Components;
using QueryStream.Web.Components.Shared;
using QueryStream.Web.Watching;

namespace QueryStream.Web.Components.Jobs;

/// <summary>Asks before a job is changed.</summary>
public abstract class JobDialog : ConfirmDialog
{
    /// <summary>The job, as it was when the dialog was opened.</summary>
    [Parameter]
    public JobDetail Detail { get; set; } = default!;
}
