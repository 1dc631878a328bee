using QueryStream.Coordinator.Jobs;
using QueryStream.Core.Actors;

namespace QueryStream.Coordinator.Master;

/// <summary>A job that has not ended.</summary>
/// <param name="Handle">What it publishes.</param>
/// <param name="Master">Who decides about it.</param>
internal sealed record RunningJob(JobHandle Handle, ActorRef<JobMasterMessage> Master);
